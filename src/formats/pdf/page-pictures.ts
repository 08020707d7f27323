import type { PDFPageProxy } from 'pdfjs-dist/types/src/display/api.js'

/** A picture as a program reads it: PNM, which has no compression. */
export type Picture = Buffer

/** Pictures of one page, the largest first. */
const MOST_PICTURES = 4
/** In pixels: smaller ones are logos, larger ones more than a page has. */
const LEAST_SIDE = 200
const MOST_PIXELS = 60_000_000
/** Kinds of pixels, as the library names them. */
const GREY_BITS = 1
const COLOURS = 2
const COLOURS_AND_ALPHA = 3

interface Pixels {
  readonly width: number
  readonly height: number
  readonly kind: number
  readonly data: Uint8Array | Uint8ClampedArray
}

interface PictureOperators {
  readonly paintImageXObject: number
  readonly paintInlineImageXObject: number
}

/** The pictures that a page shows, such as that of a scan. */
export async function pagePictures(
  page: PDFPageProxy,
  operators: PictureOperators,
): Promise<Picture[]> {
  const { fnArray, argsArray } = await page.getOperatorList()
  const pictures: Pixels[] = []
  for (const [i, operator] of fnArray.entries()) {
    const [shown]: unknown[] = argsArray[i] ?? []
    const picture =
      operator === operators.paintInlineImageXObject
        ? shown
        : operator === operators.paintImageXObject && typeof shown === 'string'
          ? await objectOf(page, shown)
          : null
    if (isPixels(picture) && isLegible(picture)) pictures.push(picture)
  }
  return pictures
    .sort((a, b) => b.width * b.height - a.width * a.height)
    .slice(0, MOST_PICTURES)
    .map(asPnm)
}

function objectOf(page: PDFPageProxy, name: string): Promise<unknown> {
  const objects = name.startsWith('g_') ? page.commonObjs : page.objs
  return new Promise((resolve) => objects.get(name, resolve))
}

function isLegible({ width, height }: Pixels): boolean {
  return Math.min(width, height) >= LEAST_SIDE && width * height <= MOST_PIXELS
}

function isPixels(value: unknown): value is Pixels {
  if (typeof value !== 'object' || value === null) return false
  const { width, height, kind, data } = value as Record<string, unknown>
  return (
    [width, height, kind].every((one) => typeof one === 'number') &&
    (data instanceof Uint8Array || data instanceof Uint8ClampedArray)
  )
}

function asPnm({ width, height, kind, data }: Pixels): Picture {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  if (kind === GREY_BITS) {
    // There white is 0, and here black is.
    const inverted = Buffer.from(bytes.map((byte) => ~byte))
    return Buffer.concat([Buffer.from(`P4\n${width} ${height}\n`), inverted])
  }
  const head = Buffer.from(`P6\n${width} ${height}\n255\n`)
  if (kind === COLOURS) return Buffer.concat([head, bytes])
  return Buffer.concat([head, kind === COLOURS_AND_ALPHA ? withoutAlpha(bytes) : bytes])
}

function withoutAlpha(bytes: Buffer): Buffer {
  const colours = Buffer.alloc((bytes.length / 4) * 3)
  for (let from = 0, to = 0; from + 3 < bytes.length; from += 4, to += 3) {
    colours[to] = bytes[from] ?? 0
    colours[to + 1] = bytes[from + 1] ?? 0
    colours[to + 2] = bytes[from + 2] ?? 0
  }
  return colours
}
