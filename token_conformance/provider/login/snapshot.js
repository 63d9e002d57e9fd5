// What a page shows to its user, as plain HTML: what is hidden is left out, shadow trees and slots are flattened, and every
// control stands in a form, since a form without one is how scripts like to write it. The controls come along, each by the
// number in its data-control. The fields that the profile's selectors find are named by `marks`; what is to be pressed by
// them has a data-role.
({ selectors, marks }) => {
  const controls = []
  const skipped = new Set(['SCRIPT', 'STYLE', 'TEMPLATE', 'NOSCRIPT', 'LINK', 'META', 'SVG'])
  const kept = ['class', 'id', 'src', 'role', 'name', 'type', 'autocomplete', 'title', 'alt', 'aria-label']
  const escaped = (text) =>
    String(text).replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign])
  const written = (pairs) =>
    Object.entries(pairs).map(([name, value]) => ` ${name}="${escaped(value)}"`).join('')
  const stated = (element) =>
    Object.fromEntries(kept.filter((name) => element.hasAttribute(name)).map((name) => [name, element.getAttribute(name)]))
  const is = (element, role) => Boolean(selectors[role]) && element.matches(selectors[role])
  const shown = (element) => element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0
  const isButton = (element) =>
    element.tagName === 'BUTTON' || element.getAttribute('role') === 'button' ||
    (element.tagName === 'INPUT' && ['submit', 'button', 'image'].includes(element.type))
  const isField = (element) => ['INPUT', 'TEXTAREA', 'SELECT'].includes(element.tagName) && !isButton(element)
  const isWritable = (element) => isField(element) && !['hidden', 'checkbox', 'radio', 'file', 'range'].includes(element.type)

  const children = (node) => {
    if (node.shadowRoot) return node.shadowRoot.childNodes
    const assigned = node.tagName === 'SLOT' ? node.assignedNodes() : []
    return assigned.length ? assigned : node.childNodes
  }
  const present = (element) =>
    !skipped.has(element.tagName.toUpperCase()) &&
    (element.checkVisibility() || getComputedStyle(element).display === 'contents' ||
      (element.tagName === 'INPUT' && element.type === 'hidden'))
  const survey = (node, form) => {
    for (const child of children(node)) {
      if (child.nodeType !== Node.ELEMENT_NODE || !present(child)) continue
      const owner = child.tagName === 'FORM' ? child : (child.form ?? form)
      if ((isField(child) || isButton(child)) && shown(child)) groups.push({ element: child, form: owner })
      survey(child, child.tagName === 'FORM' ? child : form)
    }
  }
  const groups = []
  survey(document.body, null)
  const buttons = groups.filter(({ element }) => isButton(element))
  const loose = groups.filter(({ form }) => !form).map(({ element }) => element)
  const flat = loose.some(isWritable) || (loose.some(isButton) && !buttons.some(({ form }) => form))
  const submits = (element) => ['submit', 'image'].includes(element.type)
  const submitting = new Set(buttons.filter(({ element }) => submits(element)).map(({ form }) => (flat ? null : form)))
  const ownerOf = new Map(groups.map(({ element, form }) => [element, flat ? null : form]))

  const chosen = groups.some(({ element }) => is(element, 'password'))
  const role = (element) => ['submit', 'consent'].find((each) => is(element, each))
  const numbered = (element, pairs) => {
    const found = role(element)
    return { ...pairs, 'data-control': controls.push(element) - 1, ...(found ? { 'data-role': found } : {}) }
  }
  const button = (element) => {
    const promoted = submits(element) || !submitting.has(ownerOf.get(element))
    const { src, ...pairs } = { ...stated(element), type: promoted ? 'submit' : 'button' }
    if (element.value) pairs.value = element.value
    for (const name of ['formaction', 'formmethod'])
      if (element.hasAttribute(name)) pairs[name] = element.getAttribute(name)
    return `<button${written(numbered(element, pairs))}>${inner(element)}</button>`
  }
  const field = (element) => {
    const pairs = numbered(element, stated(element))
    pairs.type = element.type
    pairs.name ||= element.id || element.getAttribute('aria-label') || element.placeholder || `field ${pairs['data-control']}`
    if (chosen && element.type === 'password') pairs.type = 'text'
    if (is(element, 'username')) Object.assign(pairs, { name: marks.username, type: 'text' })
    if (is(element, 'password')) Object.assign(pairs, { name: marks.password, type: 'password' })
    if (pairs.type !== 'password') pairs.value = element.type === 'password' ? '' : element.value
    if (element.required) pairs.required = ''
    if (element.type === 'checkbox' && element.labels.length)
      pairs['aria-label'] = [pairs['aria-label'], ...[...element.labels].map((label) => label.textContent)].join(' ')
    if (element.checked) pairs.checked = ''
    if (element.disabled || element.readOnly) pairs.disabled = ''
    return `<input${written(pairs)}>`
  }
  const form = (element) => {
    const pairs = { ...stated(element), method: element.getAttribute('method') ?? 'get' }
    const action = element.getAttribute('action')
    if (action && !action.trim().toLowerCase().startsWith('javascript:')) pairs.action = action
    return flat ? inner(element) : `<form${written(pairs)}>${inner(element)}</form>`
  }
  const hidden = (element) => `<input${written({ ...stated(element), type: 'hidden', value: element.value })}>`
  const markup = (element) => {
    if (!present(element)) return ''
    if (element.tagName === 'INPUT' && element.type === 'hidden') return element.name ? hidden(element) : ''
    if (isButton(element)) return shown(element) ? button(element) : ''
    if (isField(element)) return shown(element) ? field(element) : ''
    if (element.tagName === 'FORM') return form(element)
    if (element.tagName === 'IFRAME') return `<div${written(stated(element))}></div>`
    const seeable = !role(element) || !shown(element) ? stated(element) : numbered(element, stated(element))
    return `<div${written(seeable)}>${inner(element)}</div>`
  }
  const inner = (node) =>
    [...children(node)]
      .map((child) => (child.nodeType === Node.TEXT_NODE ? escaped(child.data) : child.nodeType === Node.ELEMENT_NODE ? markup(child) : ''))
      .join('')

  const body = flat ? `<form method="post">${inner(document.body)}</form>` : inner(document.body)
  const title = `<title>${escaped(document.title)}</title>`
  const complete = document.readyState === 'complete'
  const html = `<html><head>${title}</head><body>${body}</body></html>`
  return { said: { html, url: document.URL, complete, document: performance.timeOrigin }, controls }
}
