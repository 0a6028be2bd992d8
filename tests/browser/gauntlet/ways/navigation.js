// a way elsewhere: location.href [alone] [navigates]
location.href = url;
// a way elsewhere: location.assign [alone] [navigates]
location.assign(url);
// a way elsewhere: location.hostname [alone] [navigates]
location.hostname = host;
// a way elsewhere: navigation.navigate [alone] [navigates]
navigation.navigate(url);
// a way elsewhere: a window [alone] [navigates]
window.open(url);
// a way elsewhere: an empty window that is sent [alone] [navigates]
window.open("about:blank").location = url;
// a way elsewhere: a form [alone] [navigates]
Object.assign(add("form"), { action: url }).submit();
// a way elsewhere: a form into a new window [alone] [navigates]
Object.assign(add("form"), { action: url, target: "_blank" }).submit();
// a way elsewhere: a button of a form [alone] [navigates]
add("form").appendChild(Object.assign(document.createElement("button"), { formAction: url })).click();
// a way elsewhere: a link that is clicked by script [alone] [navigates]
Object.assign(add("a"), { href: url }).click();
// a way elsewhere: a link that is in no page [alone] [navigates]
Object.assign(document.createElement("a"), { href: url }).click();
// a way elsewhere: a refresh that a script wrote [alone] [navigates]
document.head.append(Object.assign(document.createElement("meta"), { httpEquiv: "refresh", content: "0;url=" + url }));
// a way elsewhere: a frame that leads the page [alone] [navigates]
add("iframe").srcdoc = `<script>top.location = "${url}"</script>`;
// a way elsewhere: an address of script [alone] [navigates]
location.href = `javascript:location.replace("${url}")`;
// a way elsewhere: an address of the site's own that redirects [alone] [navigates]
addEventListener("load", () => (location.href = "/go?to=" + encodeURIComponent(url)));
// a way elsewhere: a form that is answered by a redirect [alone] [navigates]
const form = Object.assign(add("form"), { method: "post", action: "/go?to=" + encodeURIComponent(url) });
addEventListener("load", () => form.submit());
