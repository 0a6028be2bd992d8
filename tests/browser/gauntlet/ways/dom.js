// createElement: img.src
new Image().src = url;
// createElement: img.srcset
Object.assign(add("img"), { srcset: url + " 1x" });
// createElement: img, never inserted, by setAttribute
document.createElement("img").setAttribute("src", url);
// createElementNS and setAttributeNS
document.createElementNS("http://www.w3.org/1999/xhtml", "img").setAttributeNS(null, "SRC".toLowerCase(), url);
// createElement: picture and source
const holder = add("picture");
holder.append(Object.assign(document.createElement("source"), { srcset: url }), new Image());
// createElement: script
add("script").src = url;
// createElement: script, before the first one
const one = document.createElement("script"), first = document.getElementsByTagName("script")[0];
one.async = true;
one.src = url;
first.parentNode.insertBefore(one, first);
// createElement: script, a module
Object.assign(add("script"), { type: "module", src: url });
// createElement: script, its text
add("script").text = `new Image().src = '${url}'`;
// createElement: script, its text node
const said = document.createElement("script");
said.appendChild(document.createTextNode(`new Image().src = '${url}'`));
document.head.append(said);
// createElement: iframe, inserted first
add("iframe").src = url;
// createElement: iframe, address first
const frame = document.createElement("iframe");
frame.src = url;
document.body.appendChild(frame);
// createElement: iframe by setAttribute
const frame = document.createElement("iframe");
frame.setAttribute("src", url);
document.body.append(frame);
// createElement: iframe by setAttribute in capitals
const frame = document.createElement("iframe");
frame.setAttribute("SRC", url);
document.body.prepend(frame);
// createElement: iframe by setAttributeNS
const frame = add("iframe");
frame.setAttributeNS(null, "src", url);
// createElement: iframe by an attribute node
const node = document.createAttribute("src");
node.value = url;
add("iframe").setAttributeNode(node);
// createElement: iframe by an attribute node that changes
const frame = document.createElement("iframe"), node = document.createAttribute("src");
frame.setAttributeNode(node);
document.body.append(frame);
node.value = url;
// createElement: iframe by the text of an attribute node
const frame = document.createElement("iframe");
frame.setAttribute("src", "about:blank");
document.body.append(frame);
frame.attributes.src.nodeValue = url;
// createElement: iframe by textContent of an attribute node
const frame = document.createElement("iframe");
frame.setAttribute("src", "about:blank");
document.body.append(frame);
frame.getAttributeNode("src").textContent = url;
// createElement: iframe by its map of attributes
const node = document.createAttribute("src");
node.value = url;
add("iframe").attributes.setNamedItem(node);
// createElement: iframe by its map of attributes, with a namespace
const node = document.createAttributeNS(null, "src");
node.value = url;
add("iframe").attributes.setNamedItemNS(node);
// createElement: iframe by setAttributeNodeNS
const node = document.createAttribute("src");
node.value = url;
add("iframe").setAttributeNodeNS(node);
// createElement: iframe by toggleAttribute, then its value
const frame = add("iframe");
frame.toggleAttribute("src", true);
frame.attributes[0].value = url;
// createElement: iframe by Reflect.set
Reflect.set(add("iframe"), "src", url);
// createElement: iframe by the setter of its prototype
Object.getOwnPropertyDescriptor(HTMLIFrameElement.prototype, "src").set.call(add("iframe"), url);
// createElement: iframe by Reflect.apply of setAttribute
Reflect.apply(Element.prototype.setAttribute, add("iframe"), ["src", url]);
// createElement: iframe with an object that becomes its address
add("iframe").src = { toString: () => url };
// createElement: iframe with an object that says another thing first
let asked = 0;
add("iframe").src = { toString: () => (asked++ ? "/empty" : url) };
// createElement: iframe with an object that says another thing last
let told = 0;
add("iframe").src = { toString: () => (told++ ? url : "/empty") };
// createElement: iframe by an attribute whose name says another thing last
let called = 0;
add("iframe").setAttribute({ toString: () => (called++ ? "src" : "title") }, url);
// innerHTML: an object that says another thing last
let read = 0;
add("div").innerHTML = { toString: () => (read++ ? `<iframe src="${url}"></iframe>` : "") };
// createElement: iframe with srcdoc
add("iframe").srcdoc = `<img src="${url}">`;
// createElement: iframe with srcdoc and a frame within
add("iframe").srcdoc = `<iframe src="${url}"></iframe>`;
// createElement: iframe by a base
const base = Object.assign(document.createElement("base"), { href: url });
document.head.prepend(base);
add("iframe").src = "frame";
base.remove();
// createElement: iframe, a link in its text
add("iframe").srcdoc = `<a href="${url}" id="a">x</a><script>document.getElementById("a").click()</script>`;
// createElement: frame
const page = add("iframe");
page.contentDocument.write("<frameset cols=*><frame></frameset>");
page.contentDocument.close();
page.contentDocument.querySelector("frame").src = url;
// createElement: object
Object.assign(add("object"), { type: "text/html", data: url });
// createElement: object by setAttribute
const object = document.createElement("object");
object.setAttribute("data", url);
document.body.append(object);
// createElement: embed
Object.assign(add("embed"), { type: "text/html", src: url });
// createElement: embed by setAttribute
const embed = document.createElement("embed");
embed.setAttribute("src", url);
document.body.append(embed);
// createElement: a film
Object.assign(add("video"), { src: url, preload: "auto" });
// createElement: a source of a film
const film = add("video");
film.append(Object.assign(document.createElement("source"), { src: url }));
// createElement: a poster
add("video").poster = url;
// createElement: subtitles
const film = Object.assign(add("video"), { crossOrigin: "anonymous", src: "/film" });
film.append(Object.assign(document.createElement("track"), { src: url, default: true }));
film.textTracks[0].mode = "showing";
// createElement: a button that is a picture
Object.assign(add("input"), { type: "image", src: url });
// createElement: a style sheet
Object.assign(add("link"), { rel: "stylesheet", href: url });
// createElement: a preload
Object.assign(add("link"), { rel: "preload", as: "image", href: url });
// createElement: a preload of a module
Object.assign(add("link"), { rel: "modulepreload", href: url });
// createElement: a prefetch
Object.assign(add("link"), { rel: "prefetch", href: url });
// createElement: a prefetch, the relation last
const link = add("link");
link.href = url;
link.setAttribute("rel", "prefetch");
// createElement: a prefetch by relList
const link = add("link");
link.href = url;
link.relList.add("prefetch");
// createElement: a preconnect [connects]
Object.assign(add("link"), { rel: "preconnect", href: url });
// createElement: a preconnect, the relation last [connects]
const link = add("link");
link.href = url;
link.relList.value = "preconnect";
// createElement: a preconnect by markup [connects]
document.head.insertAdjacentHTML("beforeend", `<link rel=preconnect href="${url}">`);
// createElement: an icon [alone]
document.head.append(Object.assign(document.createElement("link"), { rel: "icon", href: url }));
// createElement: a background of old
add("table").setAttribute("background", url);
// createElement: an SVG picture
const drawing = add("svg", "http://www.w3.org/2000/svg");
const picture = drawing.appendChild(document.createElementNS(drawing.namespaceURI, "image"));
picture.href.baseVal = url;
// createElement: an SVG picture, in the old way
const drawing = add("svg", "http://www.w3.org/2000/svg");
const picture = drawing.appendChild(document.createElementNS(drawing.namespaceURI, "image"));
picture.setAttributeNS("http://www.w3.org/1999/xlink", "xlink:href", url);
// createElement: an SVG script
const script = document.createElementNS("http://www.w3.org/2000/svg", "script");
script.href.baseVal = url;
document.body.append(script);
// createElement: a shadow root
add("div").attachShadow({ mode: "closed" }).append(Object.assign(new Image(), { src: url }));
// createElement: a frame in a shadow root
add("div").attachShadow({ mode: "closed" }).innerHTML = `<iframe src="${url}"></iframe>`;
// createElement: an element of one's own
customElements.define(`x-${way}-${host.split(".")[2]}`, class extends HTMLElement {
  connectedCallback() { this.innerHTML = `<img src="${url}">`; }
});
add(`x-${way}-${host.split(".")[2]}`);
// createElement: a frame in an inert template, adopted
const template = document.createElement("template");
template.innerHTML = `<iframe src="${url}"></iframe>`;
document.body.append(template.content);
// innerHTML: a picture
add("div").innerHTML = `<img src="${url}">`;
// innerHTML: a frame
add("div").innerHTML = `<iframe src="${url}"></iframe>`;
// innerHTML: a frame with character references and no quotes
add("div").innerHTML = `<iframe src=${url.replace("https:", "&#104;ttps&colon;")}></iframe>`;
// innerHTML: an object
add("div").innerHTML = `<object type=text/html data="${url}"></object>`;
// innerHTML: a frame, not yet in the page
const apart = document.createElement("div");
apart.innerHTML = `<iframe src="${url}"></iframe>`;
document.body.append(apart);
// innerHTML: a frame within a template
const apart = document.createElement("div");
apart.innerHTML = `<template><iframe src="${url}"></iframe></template>`;
document.body.append(apart.firstChild.content.cloneNode(true));
// innerHTML: a handler
add("div").innerHTML = `<img src="data:," onerror="new Image().src='${url}'">`;
// innerHTML: with a setter of its prototype
Object.getOwnPropertyDescriptor(Element.prototype, "innerHTML").set.call(add("div"), `<iframe src="${url}"></iframe>`);
// innerHTML: of a shadow root
const root = add("div").attachShadow({ mode: "open" });
root.innerHTML = `<iframe src="${url}"></iframe>`;
// innerHTML: a base and a frame
add("div").innerHTML = `<iframe srcdoc="<base href='${url}/'><iframe src=x></iframe>"></iframe>`;
// outerHTML
add("div").outerHTML = `<iframe src="${url}"></iframe>`;
// insertAdjacentHTML: a picture
document.body.insertAdjacentHTML("beforeend", `<img src="${url}">`);
// insertAdjacentHTML: a frame
document.body.insertAdjacentHTML("AfterBegin", `<iframe src="${url}"></iframe>`);
// insertAdjacentElement
const frame = Object.assign(document.createElement("iframe"), { src: url });
document.body.insertAdjacentElement("afterbegin", frame);
// replaceWith and replaceChildren
const frame = Object.assign(document.createElement("iframe"), { src: url });
add("p").replaceWith(frame);
add("p").replaceChildren(Object.assign(new Image(), { src: url + "?2" }));
// setHTMLUnsafe
add("div").setHTMLUnsafe(`<div><template shadowrootmode=open><iframe src="${url}"></iframe></template></div>`);
// setHTMLUnsafe of a shadow root
add("div").attachShadow({ mode: "open" }).setHTMLUnsafe(`<iframe src="${url}"></iframe>`);
// setHTML
add("div").setHTML(`<img src="${url}">`, { sanitizer: { elements: ["img"], attributes: ["src"] } });
// parseHTMLUnsafe, adopted
const parsed = Document.parseHTMLUnsafe(`<iframe src="${url}"></iframe>`);
document.body.append(document.adoptNode(parsed.body.firstChild));
// DOMParser, adopted
const parsed = new DOMParser().parseFromString(`<iframe src="${url}"></iframe>`, "text/html");
document.body.append(parsed.body.firstChild);
// DOMParser, imported
const parsed = new DOMParser().parseFromString(`<iframe src="${url}"></iframe>`, "text/html");
document.body.append(document.importNode(parsed.body.firstChild, true));
// DOMParser, XHTML
const parsed = new DOMParser().parseFromString(`<iframe xmlns="http://www.w3.org/1999/xhtml" src="${url}"/>`, "application/xhtml+xml");
document.body.append(parsed.documentElement);
// XMLHttpRequest for a document, adopted
const x = new XMLHttpRequest();
x.open("GET", "/fragment?url=" + encodeURIComponent(url));
x.responseType = "document";
x.onload = () => document.body.append(x.response.body.firstElementChild);
x.send();
// a fragment that was fetched
const answer = await fetch("/fragment?url=" + encodeURIComponent(url));
add("div").innerHTML = await answer.text();
// a document made by the implementation, adopted
const made = document.implementation.createHTMLDocument("");
made.body.innerHTML = `<iframe src="${url}"></iframe>`;
document.body.append(made.body.firstChild);
// a fragment of a range
const range = document.createRange();
range.selectNode(document.body);
document.body.append(range.createContextualFragment(`<iframe src="${url}"></iframe>`));
// a script in a fragment of a range
const range = document.createRange();
range.selectNode(document.body);
document.body.append(range.createContextualFragment(`<script src="${url}"></script>`));
// a node put into a range
const range = document.createRange();
range.setStart(document.body, 0);
range.insertNode(Object.assign(document.createElement("iframe"), { src: url }));
// a clone of a frame
const frame = Object.assign(document.createElement("iframe"), { src: url });
document.body.append(frame.cloneNode(true));
// a clone of what markup holds
const apart = document.implementation.createHTMLDocument("").createElement("div");
apart.innerHTML = `<iframe src="${url}"></iframe>`;
document.body.append(document.importNode(apart, true));
// a frame moved with its state
const frame = Object.assign(document.createElement("iframe"), { src: url });
add("p").append(frame);
add("p").moveBefore?.(frame, null);
// XSLTProcessor
const sheet = new DOMParser().parseFromString(`<x:stylesheet version="1.0" xmlns:x="http://www.w3.org/1999/XSL/Transform"><x:template match="/"><iframe xmlns="http://www.w3.org/1999/xhtml" src="${url}"/></x:template></x:stylesheet>`, "text/xml");
const processor = new XSLTProcessor();
processor.importStylesheet(sheet);
document.body.append(processor.transformToFragment(sheet, document));
// document.write: a picture
document.write(`<img src="${url}">`);
// document.write: a frame
document.write(`<iframe src="${url}"></iframe>`);
// document.write: a script
document.write(`<script src="${url}"></script>`);
// document.write: cut in pieces
document.write("<ifr", "ame sr");
document.write(`c="${url}"></iframe>`);
// document.writeln: a style sheet
document.writeln(`<link rel=stylesheet href="${url}">`);
// document.write into a frame
const inner = add("iframe").contentDocument;
inner.open();
inner.write(`<iframe src="${url}"></iframe>`);
inner.close();
// execCommand
const editor = Object.assign(add("div"), { contentEditable: "true" });
editor.focus();
getSelection().selectAllChildren(editor);
document.execCommand("insertHTML", false, `<img src="${url}">`);
// execCommand: a frame
const editor = Object.assign(add("div"), { contentEditable: "true" });
editor.focus();
getSelection().selectAllChildren(editor);
document.execCommand("insertHTML", false, `<iframe src="${url}"></iframe>`);
