import { memo, type RefObject, useLayoutEffect, useMemo, useRef } from 'react'
import { useTexts } from '../../i18n/use-texts.ts'
import { renderMarkdown } from '../../ui/markdown.ts'
import { MarkdownBlocks } from './markdown-blocks.ts'

interface AnswerTextProps {
  readonly text: string
  /** Ids that a mark such as `[2]` may stand for. */
  readonly known: ReadonlySet<string>
  readonly onCite: (referenceId: string) => void
}

/** An answer in Markdown; marks such as `[2]` are buttons that show the source. */
export function AnswerText({ text, known, onCite }: AnswerTextProps) {
  const { t } = useTexts()
  const blocks = useBlocks(withoutList(text))
  const cite = useRef(onCite)
  cite.current = onCite
  const names = useMemo(() => [...known].join('\n'), [known])
  return (
    <div className="markdown" dir="auto">
      {blocks.map(({ id, text: part }) => (
        <MarkdownBlock key={id} text={part} names={names} label={t('ask.source')} cite={cite} />
      ))}
    </div>
  )
}

interface MarkdownBlockProps {
  readonly text: string
  readonly names: string
  readonly label: string
  readonly cite: RefObject<(referenceId: string) => void>
}

/** Drawn anew only when its own text changes. */
const MarkdownBlock = memo(function MarkdownBlock(props: MarkdownBlockProps) {
  const { text, names, label, cite } = props
  const box = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const fragment = renderMarkdown(text)
    const onCite = (id: string) => cite.current(id)
    markCitations(fragment, new Set(names.split('\n')), label, onCite)
    for (const table of fragment.querySelectorAll('table')) wrapTable(table)
    box.current?.replaceChildren(fragment)
  }, [text, names, label, cite])
  return <div ref={box} />
})

/** The blocks of a text that grows; one that is another text begins anew. */
function useBlocks(text: string) {
  const kept = useRef({ text: '', blocks: new MarkdownBlocks() })
  return useMemo(() => {
    if (!text.startsWith(kept.current.text))
      kept.current = { text: '', blocks: new MarkdownBlocks() }
    kept.current.blocks.add(text.slice(kept.current.text.length))
    kept.current.text = text
    return kept.current.blocks.blocks()
  }, [text])
}

/** Models write the list of files that the page shows below anyway. */
function withoutList(text: string): string {
  const at = text.lastIndexOf('### References')
  return at < 0 ? text : text.slice(0, at)
}

function markCitations(
  root: DocumentFragment,
  known: ReadonlySet<string>,
  label: string,
  onCite: (id: string) => void,
): void {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
  const found: Text[] = []
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    if (node instanceof Text && /\[\d/.test(node.data)) found.push(node)
  }
  for (const node of found) {
    if (node.parentElement?.closest('code, pre, a')) continue
    const pieces = node.data.split(/\[(\d{1,4})\]/)
    const parts = pieces.map((piece, i): Node => {
      if (i % 2 === 0) return document.createTextNode(piece)
      if (!known.has(piece)) return document.createTextNode(`[${piece}]`)
      return citeButton(piece, label, onCite)
    })
    node.replaceWith(...parts)
  }
}

function citeButton(id: string, label: string, onCite: (id: string) => void): HTMLButtonElement {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'cite'
  button.setAttribute('aria-label', `${label} ${id}`)
  button.textContent = id
  button.addEventListener('click', () => onCite(id))
  return button
}

function wrapTable(table: HTMLTableElement): void {
  const box = document.createElement('div')
  box.className = 'table-box'
  box.tabIndex = 0
  table.replaceWith(box)
  box.append(table)
}
