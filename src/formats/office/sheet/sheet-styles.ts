import { parseXml } from '../../markup/parse-xml.ts'
import { type NumberFormat, numberFormat } from './number-format.ts'

const GENERAL = numberFormat(0, undefined)

/** How cells show their numbers, by the number of their style. */
export class SheetStyles {
  readonly #formats: NumberFormat[] = []

  constructor(xml: string | null, maxDepth: number) {
    if (xml === null) return
    const codes = new Map<number, string>()
    const ids: number[] = []
    let inCells = false
    parseXml(
      xml,
      {
        open(name, { numFmtId, formatCode }) {
          if (name === 'numFmt' && formatCode !== undefined) codes.set(Number(numFmtId), formatCode)
          if (name === 'cellXfs') inCells = true
          if (name === 'xf' && inCells) ids.push(Number(numFmtId ?? 0))
        },
        close(name) {
          if (name === 'cellXfs') inCells = false
        },
      },
      maxDepth,
    )
    this.#formats = ids.map((id) => numberFormat(id, codes.get(id)))
  }

  of(style: string | undefined): NumberFormat {
    return this.#formats[Number(style ?? 0)] ?? GENERAL
  }
}
