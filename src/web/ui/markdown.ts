import createDOMPurify from 'dompurify'
import { Marked } from 'marked'

/** Pictures of other sites would tell them who reads; raw HTML is shown as text. */
const ALLOWED_TAGS = [
  'a',
  'blockquote',
  'br',
  'code',
  'del',
  'em',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'hr',
  'li',
  'ol',
  'p',
  'pre',
  'strong',
  'sub',
  'sup',
  'table',
  'tbody',
  'td',
  'th',
  'thead',
  'tr',
  'ul',
]
const ALLOWED_ATTR = ['href', 'start', 'align']
const SAFE_LINK = /^(?:https?:|mailto:)/i

const marked = new Marked({
  gfm: true,
  breaks: false,
  renderer: {
    html: ({ text }) => escaped(text),
    image: ({ text }) => escaped(text),
  },
})

let purify: ReturnType<typeof createDOMPurify> | undefined

/** Markdown as nodes of a page, with nothing in them that acts. */
export function renderMarkdown(text: string): DocumentFragment {
  purify ??= withSafeLinks(createDOMPurify(window))
  const html = marked.parse(text, { async: false })
  return purify.sanitize(html, {
    ALLOWED_TAGS,
    ALLOWED_ATTR,
    ALLOWED_URI_REGEXP: SAFE_LINK,
    RETURN_DOM_FRAGMENT: true,
  })
}

function withSafeLinks(purify: ReturnType<typeof createDOMPurify>) {
  purify.addHook('afterSanitizeAttributes', (node) => {
    if (node.tagName !== 'A') return
    node.setAttribute('rel', 'noopener noreferrer nofollow')
    node.setAttribute('target', '_blank')
  })
  return purify
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
