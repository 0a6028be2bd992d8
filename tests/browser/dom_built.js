// Attributes of live elements, as the rewriter knows them; templates, shadow trees, srcdoc too.
([pages, byTag, anyTag, rels, types]) => pages.map((html) => {
  const found = []
  const value = (element, name) => (element.getAttribute(name) ?? '').toLowerCase()
  const loads = (element) => {
    const tag = element.localName.toLowerCase()
    const words = value(element, 'rel').split(/\s+/)
    if (tag === 'link') return words.some((word) => rels.includes(word))
    if (tag === 'param') return /^(src|movie|data|url|code|filename)$/.test(value(element, 'name'))
    if (tag === 'script') return types.includes(value(element, 'type').trim() || 'text/javascript')
    return true
  }
  const kind = (element, name) => {
    const tag = element.localName.toLowerCase()
    const known = (byTag[tag] ?? {})[name]
    const moves = tag === 'set' || tag === 'animate'
    if (!moves) return known && loads(element) ? known : anyTag[name]
    const target = value(element, 'attributeName') || value(element, 'attributename')
    return known && /^(xlink:)?href$/.test(target) ? known : known ? 'CSS' : anyTag[name]
  }
  const walk = (root) => {
    for (const element of root.querySelectorAll('*')) {
      for (const { name, value } of element.attributes) {
        const which = kind(element, name.toLowerCase())
        if (which === 'DOCUMENT') walk(Document.parseHTMLUnsafe(value))
        else if (which && value) found.push([which, value])
      }
      if (element.localName === 'style') found.push(['CSS', element.textContent])
      if (element.localName === 'template' && element.content) walk(element.content)
      if (element.shadowRoot) walk(element.shadowRoot)
    }
  }
  walk(Document.parseHTMLUnsafe(html))
  return found
})
