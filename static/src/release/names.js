// @ts-check
/**
 * The attributes that the server holds, by element, as consent/html/names.py has them. Sites let
 * `data-*` pass in what visitors write, so nothing else is given back under its own name.
 */

/** @type {Record<string, string>} */
export const NAMES = {
  "*": "background ping attributionsrc",
  animate: "to from by values",
  audio: "src",
  bgsound: "src",
  "color-profile": "href xlink:href",
  cursor: "href xlink:href",
  embed: "src code",
  feimage: "href xlink:href",
  filter: "href xlink:href",
  frame: "src",
  glyphref: "href xlink:href",
  html: "manifest",
  iframe: "src",
  image: "src srcset lowsrc dynsrc href xlink:href",
  img: "src srcset lowsrc dynsrc",
  input: "src",
  lineargradient: "href xlink:href",
  link: "href imagesrcset",
  meta: "http-equiv",
  model: "src poster",
  mpath: "href xlink:href",
  object: "data",
  param: "value",
  pattern: "href xlink:href",
  portal: "src",
  radialgradient: "href xlink:href",
  script: "type language src href xlink:href",
  set: "to from by values",
  source: "src srcset",
  textpath: "href xlink:href",
  track: "src",
  tref: "href xlink:href",
  use: "href xlink:href",
  video: "src poster",
};
