import Module, { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)

/** Stands for classes that only drawing needs. */
class NotDrawn {}

/**
 * The PDF library, without what it would load to draw pages: native code has no place in a thread
 * that may be ended at any moment.
 */
export async function loadPdfjs() {
  try {
    const canvas = createRequire(require.resolve('pdfjs-dist')).resolve('@napi-rs/canvas')
    require.cache[canvas] ??= Object.assign(new Module(canvas), { loaded: true })
  } catch {
    // Not installed, which is as good.
  }
  for (const name of ['DOMMatrix', 'ImageData', 'Path2D']) {
    if (!(name in globalThis)) Object.defineProperty(globalThis, name, { value: NotDrawn })
  }
  return import('pdfjs-dist/legacy/build/pdf.mjs')
}

/** Folders of the library, with the slash that it asks for. */
export function pdfjsFolder(name: 'cmaps' | 'standard_fonts'): string {
  return `${join(dirname(require.resolve('pdfjs-dist/package.json')), name)}/`
}
