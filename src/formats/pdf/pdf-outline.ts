import type { PDFDocumentProxy } from 'pdfjs-dist/types/src/display/api.js'

export interface OutlineEntry {
  readonly level: number
  readonly title: string
  /** From 1. */
  readonly page: number
}

const MOST_ENTRIES = 5000
const DEEPEST = 6

type OutlineNode = Awaited<ReturnType<PDFDocumentProxy['getOutline']>>[number]

/** The bookmarks of a PDF that lead to a page of it, in the order of the outline. */
export async function outlineOf(pdf: PDFDocumentProxy): Promise<OutlineEntry[]> {
  const entries: OutlineEntry[] = []
  const visit = async (nodes: readonly OutlineNode[], level: number): Promise<void> => {
    for (const node of nodes) {
      if (entries.length >= MOST_ENTRIES) return
      const page = await pageOf(pdf, node.dest)
      const title = node.title.replace(/\s+/g, ' ').trim()
      if (page !== null && title !== '') entries.push({ level, title, page })
      if (level < DEEPEST) await visit(node.items, level + 1)
    }
  }
  // A broken outline takes nothing from the text.
  await pdf
    .getOutline()
    .then((nodes: readonly OutlineNode[] | null) => visit(nodes ?? [], 1))
    .catch(() => undefined)
  return entries
}

async function pageOf(pdf: PDFDocumentProxy, dest: OutlineNode['dest']): Promise<number | null> {
  const target = typeof dest === 'string' ? await pdf.getDestination(dest) : dest
  const place: unknown = target?.[0]
  if (typeof place === 'number') return place + 1
  if (typeof place !== 'object' || place === null || !('num' in place && 'gen' in place))
    return null
  const { num, gen } = place
  if (typeof num !== 'number' || typeof gen !== 'number') return null
  return (await pdf.getPageIndex({ num, gen }).catch(() => -1)) + 1 || null
}
