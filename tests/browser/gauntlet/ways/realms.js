// a realm: fetch of an empty frame
add("iframe").contentWindow.fetch(url, quiet);
// a realm: Image of an empty frame
new (add("iframe").contentWindow.Image)().src = url;
// a realm: XMLHttpRequest of an empty frame
const x = new (add("iframe").contentWindow.XMLHttpRequest)();
x.open("GET", url);
x.send();
// a realm: a beacon of an empty frame
add("iframe").contentWindow.navigator.sendBeacon(url, "x");
// a realm: a setter of an empty frame, on a frame of the page
const realm = add("iframe").contentWindow;
Object.getOwnPropertyDescriptor(realm.HTMLIFrameElement.prototype, "src").set.call(add("iframe"), url);
// a realm: setAttribute of an empty frame, on a frame of the page
const realm = add("iframe").contentWindow;
realm.Element.prototype.setAttribute.call(add("iframe"), "src", url);
// a realm: innerHTML of an empty frame, on the page
const realm = add("iframe").contentWindow;
Object.getOwnPropertyDescriptor(realm.Element.prototype, "innerHTML").set.call(add("div"), `<iframe src="${url}"></iframe>`);
// a realm: appendChild of an empty frame, on the page
const realm = add("iframe").contentWindow;
const frame = Object.assign(document.createElement("iframe"), { src: url });
realm.Node.prototype.appendChild.call(document.body, frame);
// a realm: a frame within an empty frame
const inner = add("iframe").contentDocument;
inner.body.append(Object.assign(inner.createElement("iframe"), { src: url }));
// a realm: a frame made by another document, put into the page
const inner = add("iframe").contentDocument;
document.body.append(Object.assign(inner.createElement("iframe"), { src: url }));
// a realm: by its number
add("iframe");
window[window.length - 1].fetch(url, quiet);
// a realm: by frames, on a frame of the page
add("iframe");
const realm = frames[frames.length - 1];
Object.getOwnPropertyDescriptor(realm.HTMLIFrameElement.prototype, "src").set.call(add("iframe"), url);
// a realm: by its name
const name = `named${way}${host.split(".")[2]}`;
document.body.insertAdjacentHTML("beforeend", `<iframe name=${name}></iframe>`);
window[name]?.fetch(url, quiet);
// a realm: by markup, by its number
document.body.insertAdjacentHTML("beforeend", "<iframe></iframe>");
const realm = window[window.length - 1];
const frame = realm.document.createElement("iframe");
realm.Element.prototype.setAttribute.call(frame, "src", url);
realm.Node.prototype.appendChild.call(document.body, frame);
// a realm: by open of a named frame
document.body.append(Object.assign(document.createElement("iframe"), { name: `opened${way}${host.split(".")[2]}` }));
window.open("", `opened${way}${host.split(".")[2]}`).fetch(url, quiet);
// a realm: defaultView of its document
add("iframe").contentDocument.defaultView.fetch(url, quiet);
// a realm: of an object
const object = Object.assign(add("object"), { data: "/empty", type: "text/html" });
object.onload = () => object.contentWindow.fetch(url, quiet);
// a realm: about:blank
const frame = Object.assign(document.createElement("iframe"), { src: "about:blank" });
document.body.append(frame);
frame.contentWindow.fetch(url, quiet);
// a realm: about:blank, gone to later
const frame = add("iframe");
frame.src = "about:blank";
frame.onload = () => frame.contentWindow.fetch(url, quiet);
// a realm: its own text
const frame = Object.assign(add("iframe"), { srcdoc: "<p>1</p>" });
frame.onload = () => frame.contentWindow.fetch(url, quiet);
// a realm: its own text, a frame within
const frame = Object.assign(add("iframe"), { srcdoc: `<body><script>document.body.appendChild(document.createElement("iframe")).src = "${url}"</script>` });
// a realm: a blob
Object.assign(add("iframe"), { src: blob(`<img src="${url}">`, "text/html") });
// a realm: a blob with a script
Object.assign(add("iframe"), { src: blob(`<script>fetch("${url}", {mode: "no-cors"})</script>`, "text/html") });
// a realm: a blob with a frame
Object.assign(add("iframe"), { src: blob(`<iframe src="${url}"></iframe>`, "text/html") });
// a realm: a vector graphic in a blob
Object.assign(add("iframe"), { src: blob(`<svg xmlns="http://www.w3.org/2000/svg"><image href="${url}" width="9" height="9"/></svg>`, "image/svg+xml") });
// a realm: data
Object.assign(add("iframe"), { src: `data:text/html,<img src="${url}">` });
// a realm: data with a frame
Object.assign(add("iframe"), { src: `data:text/html,<iframe src="${url}"></iframe>` });
// a realm: data with a script that makes a frame
Object.assign(add("iframe"), { src: `data:text/html,<body><script>document.body.appendChild(document.createElement("iframe")).src="${url}"</script>` });
// a realm: data with a script that goes elsewhere
Object.assign(add("iframe"), { src: `data:text/html,<script>location="${url}"</script>` });
// a realm: an address of script
Object.assign(add("iframe"), { src: `javascript:'<img src="${url}">'` });
// a realm: an address of script that makes a frame
Object.assign(add("iframe"), { src: `javascript:'<iframe src="${url}"></iframe>'` });
// a realm: a sandbox
Object.assign(add("iframe"), { sandbox: "allow-scripts", srcdoc: `<script>new Image().src = "${url}"</script>` });
// a realm: a sandbox that makes a frame
Object.assign(add("iframe"), { sandbox: "allow-scripts", srcdoc: `<body><script>document.body.append(Object.assign(document.createElement("iframe"), {src: "${url}"}))</script>` });
// a realm: the setter of a frame that was taken away
const frame = add("iframe");
const { set } = Object.getOwnPropertyDescriptor(frame.contentWindow.HTMLIFrameElement.prototype, "src");
frame.remove();
set.call(add("iframe"), url);
// a realm: a frame of the site
const frame = Object.assign(add("iframe"), { src: "/empty" });
frame.onload = () => frame.contentWindow.fetch(url, quiet);
// a realm: a frame of the site, its setter
const frame = Object.assign(add("iframe"), { src: "/empty" });
frame.onload = () => Object.getOwnPropertyDescriptor(frame.contentWindow.HTMLIFrameElement.prototype, "src").set.call(add("iframe"), url);
// a realm: a frame of the site, without a type
const frame = Object.assign(add("iframe"), { src: "/file?type=text/plain&body=x" });
frame.onload = () => frame.contentWindow.fetch(url, quiet);
// a realm: a picture of the site as a frame
const frame = Object.assign(add("iframe"), { src: "/film" });
frame.onload = () => frame.contentWindow.fetch(url, quiet);
// a realm: an error of the site
const frame = Object.assign(add("iframe"), { src: "/nowhere" });
frame.onload = () => frame.contentWindow.fetch(url, quiet);
// a realm: a frame that is sent elsewhere by location
add("iframe").contentWindow.location = url;
// a realm: a frame that is sent elsewhere by location.href
add("iframe").contentWindow.location.href = url;
// a realm: a frame that is sent elsewhere by location.replace
add("iframe").contentWindow.location.replace(url);
// a realm: a frame that is sent elsewhere by location.assign
add("iframe").contentWindow.location.assign(url);
// a realm: a frame that is sent elsewhere by its number
add("iframe");
window[window.length - 1].location = url;
// a realm: a frame that is sent elsewhere by document.location
add("iframe").contentDocument.location = url;
// a realm: a frame that sends itself elsewhere
add("iframe").srcdoc = `<script>location = "${url}"</script>`;
// a realm: a frame that sends itself elsewhere by a function
add("iframe").contentWindow.Function(`location = "${url}"`)();
// a realm: a frame that sends itself elsewhere by its navigation
add("iframe").contentWindow.navigation.navigate(url);
// a realm: a frame that is sent elsewhere by open
document.body.append(Object.assign(document.createElement("iframe"), { name: `sent${way}${host.split(".")[2]}` }));
window.open(url, `sent${way}${host.split(".")[2]}`);
// a realm: a frame that is sent elsewhere by open of its own
add("iframe").contentWindow.open(url, "_self");
// a realm: a frame that is sent elsewhere by a link
document.body.append(Object.assign(document.createElement("iframe"), { name: `linked${way}${host.split(".")[2]}` }));
Object.assign(add("a"), { href: url, target: `linked${way}${host.split(".")[2]}` }).click();
// a realm: a frame that is sent elsewhere by a form
document.body.append(Object.assign(document.createElement("iframe"), { name: `formed${way}${host.split(".")[2]}` }));
Object.assign(add("form"), { action: url, method: "post", target: `formed${way}${host.split(".")[2]}` }).submit();
// a realm: a frame that is sent elsewhere by requestSubmit
document.body.append(Object.assign(document.createElement("iframe"), { name: `asked${way}${host.split(".")[2]}` }));
Object.assign(add("form"), { action: url, method: "post", target: `asked${way}${host.split(".")[2]}` }).requestSubmit();
// a realm: a frame that is sent elsewhere by a button
document.body.append(Object.assign(document.createElement("iframe"), { name: `button${way}${host.split(".")[2]}` }));
add("form").appendChild(Object.assign(document.createElement("button"), { formAction: url, formTarget: `button${way}${host.split(".")[2]}` })).click();
// a realm: a frame that is sent elsewhere by submit of another realm
document.body.append(Object.assign(document.createElement("iframe"), { name: `other${way}${host.split(".")[2]}` }));
const form = Object.assign(add("form"), { action: url, target: `other${way}${host.split(".")[2]}` });
add("iframe").contentWindow.HTMLFormElement.prototype.submit.call(form);
// a realm: a frame that is sent elsewhere by a refresh
add("iframe").srcdoc = `<meta http-equiv=refresh content="0;url=${url}">`;
// a realm: a frame that is sent elsewhere by a base and a link
add("iframe").srcdoc = `<base href="${url}"><a id=a href="x">1</a><script>document.getElementById("a").click()</script>`;
// a realm: a frame that goes through a redirect
add("iframe").src = "/go?to=" + encodeURIComponent(url);
// a realm: a frame whose address is an empty window's
const popup = window.open("about:blank");
popup.fetch(url, quiet);
// a realm: a picture in an empty window
const popup = window.open("");
popup.document.body.innerHTML = `<img src="${url}">`;
// a realm: a frame in an empty window
const popup = window.open("");
popup.document.write(`<iframe src="${url}"></iframe>`);
// a realm: the evaluator of a frame
add("iframe").contentWindow.eval(`new Image().src = "${url}"`);
// a realm: the timer of a frame
add("iframe").contentWindow.setTimeout(`new Image().src = "${url}"`);
// a realm: a constructor of a function
[].constructor.constructor(`fetch("${url}", {mode: "no-cors"})`)();
// a realm: a shadow realm by import
await new Function("u", "return import(u)")(url);
// a realm: a page of the site that says it is anything
add("iframe").src = "/file?type=*/*&body=" + encodeURIComponent(`<html><iframe src="${url}"></iframe>`);
// a realm: a page of the site that does not say what it is
add("iframe").src = "/file?type=text&body=" + encodeURIComponent(` <!-- x --><body><iframe src="${url}"></iframe>`);
// a realm: a page of the site whose type goes on
add("iframe").src = "/file?type=text/html+x&body=" + encodeURIComponent(`<html><iframe src="${url}"></iframe>`);
// a realm: a page of the site of two types
add("iframe").src = "/file?type=text/plain,text/html&body=" + encodeURIComponent(`<html><iframe src="${url}"></iframe>`);
// a realm: a page of the site in UTF-16
add("iframe").src = "/file?type=text/html;charset%3Dutf-16le&body=" + encodeURIComponent([...`<html><iframe src="${url}"></iframe>`, ""].join("\0"));
