// What could load from a page with its scripts off, and on: told by the markup of the tree alone.
(pages) => pages.map((html) => {
  const found = new Set()
  const loads = {
    src: /^(img|image|iframe|frame|embed|input|script|video|audio|source|track)$/,
    srcset: /^(img|source)$/,
    poster: /^video$/,
    data: /^object$/,
    href: /^(link|image|use|script|feimage|base)$/,
    'xlink:href': /^(image|use|script|feimage)$/,
    background: /./,
    style: /./,
  }
  const add = (text) => {
    for (const each of text.matchAll(/\/\/(p\d+\.test)/g)) found.add(each[1])
  }
  const walk = (root) => {
    for (const element of root.querySelectorAll('*')) {
      const tag = element.localName.toLowerCase()
      const isData = tag === 'script' && element.type && !/javascript|module/.test(element.type)
      for (const { name, value } of element.attributes) {
        if (name === 'srcdoc' && tag === 'iframe') walk(Document.parseHTMLUnsafe(value))
        else if (loads[name]?.test(tag) && !isData) add(value)
      }
      if (tag === 'style') add(element.textContent.replaceAll(/(url\(\W*\/\/)|\/\//g, '$1'))
      if (tag === 'template' && element.content) walk(element.content)
      if (element.shadowRoot) walk(element.shadowRoot)
    }
  }
  walk(Document.parseHTMLUnsafe(html))
  const frame = document.createElement('iframe')
  document.body.append(frame)
  frame.contentDocument.open()
  frame.contentDocument.write(html)
  walk(frame.contentDocument)
  frame.remove()
  return [...found].sort()
})
