// a way elsewhere: location.href [alone] [navigates]
location.href = url;
// a way elsewhere: location [alone] [navigates]
location = url;
// a way elsewhere: location.assign [alone] [navigates]
location.assign(url);
// a way elsewhere: location.replace [alone] [navigates]
location.replace(url);
// a way elsewhere: location.hostname [alone] [navigates]
location.hostname = host;
// a way elsewhere: document.location [alone] [navigates]
document.location = url;
// a way elsewhere: by another function's location [alone] [navigates]
window.top.location.href = url;
// a way elsewhere: navigation.navigate [alone] [navigates]
navigation.navigate(url);
// a way elsewhere: open into the same window [alone] [navigates]
window.open(url, "_self");
// a way elsewhere: a window [alone] [navigates]
window.open(url);
// a way elsewhere: a window without a way back [alone] [navigates]
window.open(url, "_blank", "noopener,noreferrer");
// a way elsewhere: an empty window that is sent [alone] [navigates]
window.open("about:blank").location = url;
// a way elsewhere: a form [alone] [navigates]
Object.assign(add("form"), { action: url }).submit();
// a way elsewhere: a form that is posted [alone] [navigates]
Object.assign(add("form"), { action: url, method: "post" }).requestSubmit();
// a way elsewhere: a form into a new window [alone] [navigates]
Object.assign(add("form"), { action: url, target: "_blank" }).submit();
// a way elsewhere: a button of a form [alone] [navigates]
add("form").appendChild(Object.assign(document.createElement("button"), { formAction: url })).click();
// a way elsewhere: a link that is clicked by script [alone] [navigates]
Object.assign(add("a"), { href: url }).click();
// a way elsewhere: a link, by an event [alone] [navigates]
Object.assign(add("a"), { href: url }).dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
// a way elsewhere: a link that is in no page [alone] [navigates]
Object.assign(document.createElement("a"), { href: url }).click();
// a way elsewhere: an SVG link [alone] [navigates]
const link = add("svg", "http://www.w3.org/2000/svg").appendChild(document.createElementNS("http://www.w3.org/2000/svg", "a"));
link.setAttribute("href", url);
link.dispatchEvent(new MouseEvent("click"));
// a way elsewhere: an area [alone] [navigates]
Object.assign(add("area"), { href: url }).click();
// a way elsewhere: a refresh that a script wrote [alone] [navigates]
document.head.append(Object.assign(document.createElement("meta"), { httpEquiv: "refresh", content: "0;url=" + url }));
// a way elsewhere: a refresh by markup [alone] [navigates]
document.head.insertAdjacentHTML("beforeend", `<meta http-equiv=refresh content="0;url=${url}">`);
// a way elsewhere: a frame that leads the page [alone] [navigates]
add("iframe").srcdoc = `<script>top.location = "${url}"</script>`;
// a way elsewhere: a frame's link that leads the page [alone] [navigates]
add("iframe").srcdoc = `<a id=a target=_top href="${url}">1</a><script>document.getElementById("a").click()</script>`;
// a way elsewhere: an address of script [alone] [navigates]
location.href = `javascript:location.replace("${url}")`;
// a way elsewhere: written [alone] [navigates]
document.open();
document.write(`<meta http-equiv=refresh content="0;url=${url}">`);
document.close();
