// style: background
add("div").style.background = `url(${url})`;
// style: setProperty
add("div").style.setProperty("background-image", `url(${url})`);
// style: cssText
add("div").style.cssText = `list-style: url(${url}); display: list-item`;
// style: setAttribute
add("div").setAttribute("style", `border: 9px solid; border-image-source: url(${url})`);
// style: a variable
document.documentElement.style.setProperty(`--${host.replaceAll(".", "-")}`, `url(${url})`);
add("div").style.background = `var(--${host.replaceAll(".", "-")})`;
// style: attributeStyleMap
add("div").attributeStyleMap.set("background-image", CSSStyleValue.parse("background-image", `url(${url})`));
// style: an image set
add("div").style.backgroundImage = `image-set("${url}" 1x)`;
// style: a cursor [once]
document.documentElement.style.cursor = `url(${url}), auto`;
// style: content
add("div").style.content = `url(${url})`;
// style: a mask
add("div").style.maskImage = `url(${url})`;
// a style element
add("style").textContent = `@import "${url}"`;
// a style element: a text node
add("style").append(`@import url(${url})`);
// a rule that is inserted
const sheet = add("style").sheet;
const element = Object.assign(add("div"), { id: `r${way}${host.split(".")[2]}` });
sheet.insertRule(`#${element.id} { background: url(${url}) }`);
// a rule that is changed
const style = add("style");
const element = Object.assign(add("div"), { id: `c${way}${host.split(".")[2]}` });
style.textContent = `#${element.id} { color: red }`;
style.sheet.cssRules[0].style.backgroundImage = `url(${url})`;
// an import that is inserted
add("style").sheet.insertRule(`@import "${url}"`);
// an adopted style sheet
const sheet = new CSSStyleSheet();
const element = Object.assign(add("div"), { id: `d${way}${host.split(".")[2]}` });
sheet.replaceSync(`#${element.id} { background: url(${url}) }`);
document.adoptedStyleSheets.push(sheet);
// an adopted style sheet of a shadow root
const sheet = new CSSStyleSheet();
sheet.replaceSync(`:host { background: url(${url}); display: block }`);
add("div").attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet];
// a font face
new FontFace("there", `url(${url})`).load();
// a font face in a rule
add("style").textContent = `@font-face { font-family: f${way}${host.split(".")[2]}; src: url(${url}) }`;
add("p", null, { textContent: "1" }).style.fontFamily = `f${way}${host.split(".")[2]}`;
// a font face that is asked for
add("style").textContent = `@font-face { font-family: g${way}${host.split(".")[2]}; src: url(${url}) }`;
document.fonts.load(`1em g${way}${host.split(".")[2]}`);
// a processing instruction
const made = document.implementation.createDocument("http://www.w3.org/1999/xhtml", "html");
made.insertBefore(made.createProcessingInstruction("xml-stylesheet", `href="${url}" type="text/css"`), made.firstChild);
add("iframe").src = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(made)], { type: "application/xhtml+xml" }));
// an animation
add("div").animate([{ backgroundImage: `url(${url})` }, { backgroundImage: "none" }], 9999);
// a style sheet of a blob
Object.assign(add("link"), { rel: "stylesheet", href: URL.createObjectURL(new Blob([`@import "${url}"`], { type: "text/css" })) });
