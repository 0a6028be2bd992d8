// late: a timer
setTimeout(() => (new Image().src = url), 50);
// late: a timer of text
setTimeout(`new Image().src = "${url}"`, 50);
// late: an interval
const handle = setInterval(() => { clearInterval(handle); fetch(url, quiet); }, 50);
// late: when idle
requestIdleCallback(() => (new Image().src = url));
// late: the next picture [seen]
requestAnimationFrame(() => (add("iframe").src = url));
// late: after the page is loaded
addEventListener("load", () => setTimeout(() => (add("iframe").src = url)));
// late: when an element is seen [seen]
new IntersectionObserver(([seen], observer) => { observer.disconnect(); add("iframe").src = url; }).observe(add("p"));
// late: when the page changes
new MutationObserver((_, observer) => { observer.disconnect(); new Image().src = url; }).observe(document.body, { childList: true });
add("p");
// late: a microtask
queueMicrotask(() => navigator.sendBeacon(url, "x"));
// late: a task by priority
scheduler.postTask(() => (add("script").src = url), { priority: "background" });
// late: a message to oneself
const { port1, port2 } = new MessageChannel();
port1.onmessage = () => (add("iframe").src = url);
port2.postMessage(1);
// late: what an error does
addEventListener("error", () => (new Image().src = url), { once: true });
setTimeout(() => { throw new Error("on purpose"); });
// late: a promise
await new Promise((done) => setTimeout(done, 50));
document.body.insertAdjacentHTML("beforeend", `<iframe src="${url}"></iframe>`);
// late: a size that is observed [seen]
new ResizeObserver((_, observer) => { observer.disconnect(); new Image().src = url; }).observe(add("p"));
// hidden: cut in pieces
const [a, b, c] = ["scr" + "ipt", "s" + "rc", "create" + "Element"];
document.body.appendChild(document[c](a))[b] = url;
// hidden: eval
eval(atob(btoa(`new Image().src = "${url}"`)));
// hidden: Function
new Function("u", "new Image().src = u")(url);
// hidden: an address in pieces
add("iframe").src = ["https:", "", ...url.split("//")[1].split("/")].join("/");
// hidden: an address in codes
add("iframe").src = String.fromCharCode(...[...url].map((letter) => letter.charCodeAt(0)));
// hidden: an address with a tab and capitals
add("iframe").src = url.replace("https://", "  HT\tTPS:\\\\");
// hidden: without a scheme
add("iframe").src = url.replace("https:", "");
// hidden: a port
add("iframe").src = url.replace(/(test)(\/)/, "$1:443$2");
// hidden: a host with a letter of another width
add("iframe").src = url.replace("tracker", "ｔracker").replace("stranger", "ｓtranger");
// hidden: Reflect.construct
Reflect.construct(Image, []).src = url;
// hidden: a Proxy
new Proxy(add("iframe"), { set: (target, key, value) => Reflect.set(target, key, value) }).src = url;
// hidden: a subclass of its own
const kind = class extends Image {};
Object.setPrototypeOf(new Image(), kind.prototype).src = url;
// hidden: a setter that is copied
const described = Object.getOwnPropertyDescriptors(HTMLIFrameElement.prototype);
Object.defineProperty(add("iframe"), "there", described.src).there = url;
// hidden: a setter that is bound
const put = HTMLIFrameElement.prototype.__lookupSetter__("src").bind(add("iframe"));
put(url);
// hidden: call and apply that were replaced [alone]
const call = Function.prototype.call;
Function.prototype.call = function (...all) { return Reflect.apply(call, this, all); };
Function.prototype.apply = function (self, all) { return Reflect.apply(this, self, all); };
add("iframe").setAttribute("src", url);
// hidden: String methods that were replaced [alone] [unheard]
String.prototype.toLowerCase = String.prototype.trim = String.prototype.toString;
String.prototype.startsWith = String.prototype.includes = String.prototype.endsWith = () => true;
String.prototype.match = String.prototype.replace = String.prototype.slice = () => "";
add("iframe").src = url;
// hidden: RegExp methods that were replaced [alone]
RegExp.prototype.test = () => true;
RegExp.prototype.exec = () => null;
add("iframe").src = url;
// hidden: URL that was replaced [alone]
window.URL = class { origin = location.origin; host = location.host; hostname = location.hostname; href = location.href; };
add("iframe").src = url;
// hidden: Set, Map and Array methods that were replaced [alone]
Set.prototype.has = Map.prototype.has = Array.prototype.includes = Array.prototype.some = () => true;
Map.prototype.get = WeakMap.prototype.get = WeakSet.prototype.has = () => undefined;
add("iframe").src = url;
// hidden: a getter of the prototype that was deleted [alone]
delete HTMLIFrameElement.prototype.src;
add("iframe").setAttribute("src", url);
// hidden: window.fetch that was deleted [alone]
delete window.fetch;
window.fetch?.(url, quiet);
add("iframe").contentWindow.fetch(url, quiet);
// hidden: an iterator that was replaced [alone]
Array.prototype[Symbol.iterator] = function* () {};
add("iframe").src = url;
// hidden: a property on Object.prototype [alone]
Object.prototype.get = Object.prototype.set = function () {};
add("iframe").src = url;
// hidden: state of the guard that is overwritten [alone]
for (const script of document.querySelectorAll("script[type='application/json'], script[data-consent]")) script.textContent = "{}";
for (const name of Object.getOwnPropertyNames(window)) if (/consent/i.test(name)) try { window[name] = undefined; } catch {}
add("iframe").src = url;
// hidden: our scripts that are taken away [alone]
for (const script of document.querySelectorAll("script[src^='/consent'], link[href^='/consent']")) script.remove();
add("iframe").src = url;
// hidden: our place in the page that is taken away [alone]
document.head.replaceChildren();
add("iframe").src = url;
