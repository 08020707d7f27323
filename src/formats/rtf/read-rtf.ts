import { decodeBytes } from '../encoding/decode-bytes.ts'
import type { ReadLimits } from '../reader/read-limits.ts'
import type { TextBuilder } from '../text/text-builder.ts'
import { UnreadableFile } from '../unreadable-file.ts'
import { RtfBlocks } from './rtf-blocks.ts'
import { encodingOfCharset, encodingOfCodePage } from './rtf-code-pages.ts'

const TOKEN =
  /\\([a-z]+)(-?\d{1,10})? ?|\\'([0-9a-f]{2})|\\([^a-z])|([{}])|([^\\{}\r\n]+)|[\r\n]+|\\$/giy

const SILENT = new Set(
  [
    'colortbl stylesheet info pict object header headerl headerr headerf footer footerl footerr',
    'footerf fldinst nonshppict themedata colorschememapping datastore latentstyles listtable',
    'listoverridetable rsidtbl generator xmlnstbl filetbl revtbl bkmkstart bkmkend annotation',
    'sp shprslt do',
  ].flatMap((line) => line.split(' ')),
)
/** Read although programs may ignore them: what holds the words of a text box. */
const KNOWN = new Set(['shpinst', 'shptxt'])
const SIGNS: Readonly<Record<string, string>> = {
  tab: '\t',
  line: '\n',
  emdash: '\u2014',
  endash: '\u2013',
  bullet: '\u2022',
  lquote: '\u2018',
  rquote: '\u2019',
  ldblquote: '\u201c',
  rdblquote: '\u201d',
  '~': '\u00a0',
  _: '\u2011',
  '{': '{',
  '}': '}',
  '\\': '\\',
}

/** What ends a paragraph or a row. */
const LAYOUT = new Set(['par', 'row', 'sect', 'page'])
/** That may be closed without having been opened. */
const MOST_BRACES = 50
/** In characters, of what stands behind the last brace of a file. */
const LOOKED_AT = 100_000

/** In characters; the name of a style that is longer is none of a heading. */
const LONGEST_NAME = 40

interface RtfStyle {
  number: number
  outline: number | null
  name: string
}

interface Group {
  silent: boolean
  /** Replacement characters after each \u. */
  fallback: number
  encoding: string
  /** Whether its words are not shown. */
  hidden: boolean
  holds: 'note' | 'box' | null
}

/** Writes the words of an RTF file; paragraphs with an outline level are headings. */
export function readRtf(bytes: Buffer, builder: TextBuilder, limits: ReadLimits): void {
  const rtf = bytes.toString('latin1')
  if (!/^\s*\{\\rtf/.test(rtf.slice(0, 64))) {
    throw new UnreadableFile('The file is damaged, or no RTF file.')
  }
  new RtfReader(new RtfBlocks(builder), limits.maxDepth).read(rtf)
}

/** Whether paragraphs stand behind the brace that seems to be the last. */
function goesOn(rtf: string, from: number): boolean {
  return rtf.includes('}', from) && /\\(?:par|row)\b/.test(rtf.slice(from, from + LOOKED_AT))
}

class RtfReader {
  readonly #blocks: RtfBlocks
  readonly #maxDepth: number
  readonly #outer: Group[] = []
  readonly #fonts = new Map<number, string>()
  #group: Group = {
    silent: false,
    fallback: 1,
    encoding: 'windows-1252',
    hidden: false,
    holds: null,
  }
  /** Whether nothing of the group was read but its brace. */
  #atStart = false
  #isOptional = false
  #notes = 0
  /** Braces that were closed and never opened. */
  #tooMany = 0
  #style: RtfStyle | null = null
  #styleSheet = 0
  #documentEncoding = 'windows-1252'
  #bytes: number[] = []
  #skip = 0
  /** Depth of the group that names fonts; 0 outside it. */
  #fontTable = 0
  #font = 0

  constructor(blocks: RtfBlocks, maxDepth: number) {
    this.#blocks = blocks
    this.#maxDepth = maxDepth
  }

  read(rtf: string): void {
    // The expression is shared; a file that was refused has left it anywhere.
    TOKEN.lastIndex = 0
    let isWhole = false
    for (let token = TOKEN.exec(rtf); token; token = TOKEN.exec(rtf)) {
      const [, word, digits, , , brace] = token
      if (word === 'bin') TOKEN.lastIndex += Math.max(0, Number(digits ?? 0))
      else this.#take(token)
      if (brace === '}' && this.#outer.length === 0 && !this.#reopens(rtf)) {
        this.#blocks.finish()
        return
      }
      if (LAYOUT.has(word ?? '')) isWhole = this.#outer.length === 1
      else if (!/^\s*$/.test(token[0])) isWhole = false
    }
    // A program that forgets the last brace does so behind a paragraph; what was cut short rarely ends there.
    if (!isWhole) throw new UnreadableFile('The RTF file is cut short: its end is missing.')
    this.#flush()
    this.#blocks.finish()
  }

  /** Whether the brace that was closed last is one too many, in the middle of the file. */
  #reopens(rtf: string): boolean {
    if (++this.#tooMany > MOST_BRACES || !goesOn(rtf, TOKEN.lastIndex)) return false
    this.#outer.push(this.#group)
    this.#group = { ...this.#group, silent: false, hidden: false, holds: null }
    return true
  }

  #take([token, word, digits, hex, sign, brace, text]: RegExpExecArray): void {
    // Programs break lines wherever they like.
    if (token.startsWith('\n') || token.startsWith('\r')) return
    const optional = this.#isOptional
    this.#isOptional = false
    if (optional && !(word !== undefined && KNOWN.has(word))) this.#group.silent = true
    if (brace === '{') this.#open()
    else if (brace === '}') this.#close()
    else if (word !== undefined) this.#word(word, digits === undefined ? null : Number(digits))
    else if (hex !== undefined) this.#byte(Number.parseInt(hex, 16))
    else if (sign !== undefined) this.#sign(sign)
    else if (text !== undefined) this.#text(text)
    this.#atStart = brace === '{'
  }

  #open(): void {
    this.#flush()
    if (this.#outer.length >= this.#maxDepth) {
      throw new UnreadableFile(`The file nests groups more than ${this.#maxDepth} deep.`)
    }
    this.#outer.push(this.#group)
    this.#group = { ...this.#group, holds: null }
    if (this.#styleSheet > 0) this.#style = { number: 0, outline: null, name: '' }
  }

  #close(): void {
    this.#flush()
    this.#skip = 0
    if (this.#outer.length <= this.#fontTable) this.#fontTable = 0
    if (this.#styleSheet > 0) this.#closeStyle()
    if (this.#group.holds === 'note') this.#closeNote()
    if (this.#group.holds === 'box') this.#blocks.closeBox()
    this.#group = this.#outer.pop() ?? this.#group
  }

  #sign(sign: string): void {
    // What this program does not know may be ignored, and is; elsewhere the sign means nothing.
    if (sign === '*') this.#isOptional = this.#atStart
    else if (sign === '\r' || sign === '\n') this.#word('par', null)
    else this.#write(SIGNS[sign] ?? '')
  }

  #word(word: string, number: number | null): void {
    if (SILENT.has(word)) this.#group.silent = true
    if (word === 'u') this.#character(number ?? 0)
    else if (word === 'uc') this.#group.fallback = Math.min(10, Math.max(0, number ?? 1))
    else if (word === 'ansicpg') this.#setEncoding(encodingOfCodePage(number ?? 1252))
    else if (word === 'mac') this.#setEncoding('macintosh')
    else if (word === 'fonttbl') this.#openFontTable()
    else if (word === 'f') this.#selectFont(number ?? 0)
    else if (word === 'fcharset') this.#nameCharset(number ?? 0)
    else if (SIGNS[word] !== undefined) this.#write(SIGNS[word])
    else if (word === 'stylesheet') this.#styleSheet = this.#outer.length
    else if (word === 'v' || word === 'plain') this.#hide(word === 'v' && number !== 0)
    else if (this.#style) this.#describe(this.#style, word, number)
    else if (!this.#group.silent) this.#shown(word, number)
  }

  #shown(word: string, number: number | null): void {
    this.#flush()
    if (word === 'footnote') this.#openNote()
    else if (word === 'shptxt') this.#openBox()
    else if (this.#notes === 0) this.#blocks.layout(word, number)
    else if (word === 'par') this.#blocks.write(' ')
  }

  #hide(hidden: boolean): void {
    this.#flush()
    this.#group.hidden = hidden
  }

  /** A note stands within its paragraph, and so do its words. */
  #openNote(): void {
    this.#group.holds = 'note'
    if (this.#notes++ === 0) this.#blocks.write(' (')
  }

  #closeNote(): void {
    if (--this.#notes === 0) this.#blocks.write(')')
  }

  #openBox(): void {
    this.#group.holds = 'box'
    this.#blocks.openBox()
  }

  #describe(style: RtfStyle, word: string, number: number | null): void {
    if (word === 's') style.number = number ?? 0
    if (word === 'outlinelevel') style.outline = number
  }

  #closeStyle(): void {
    if (this.#style) {
      const { number, outline, name } = this.#style
      this.#blocks.declare(number, outline, name.replace(/;$/, '').trim())
    }
    this.#style = null
    if (this.#outer.length <= this.#styleSheet) this.#styleSheet = 0
  }

  /** A character by its number, then a stand-in for programs that do not know of such. */
  #character(code: number): void {
    this.#write(String.fromCharCode(code & 0xffff))
    this.#skip = this.#group.fallback
  }

  #setEncoding(encoding: string): void {
    this.#documentEncoding = encoding
    this.#group.encoding = encoding
  }

  #openFontTable(): void {
    this.#fontTable = this.#outer.length
    this.#group.silent = true
  }

  #selectFont(font: number): void {
    this.#font = font
    if (this.#fontTable > 0) return
    this.#flush()
    this.#group.encoding = this.#fonts.get(font) ?? this.#documentEncoding
  }

  #nameCharset(charset: number): void {
    const encoding = encodingOfCharset(charset)
    if (this.#fontTable > 0 && encoding) this.#fonts.set(this.#font, encoding)
  }

  #text(text: string): void {
    const from = Math.min(this.#skip, text.length)
    this.#skip -= from
    if (this.#style && this.#style.name.length < LONGEST_NAME) this.#style.name += text
    if (this.#isUnseen) return
    for (let i = from; i < text.length; i++) this.#bytes.push(text.charCodeAt(i))
  }

  #byte(value: number): void {
    if (this.#skip > 0) this.#skip--
    else if (!this.#isUnseen) this.#bytes.push(value)
  }

  #write(text: string): void {
    this.#flush()
    if (!this.#isUnseen) this.#blocks.write(text)
  }

  get #isUnseen(): boolean {
    return this.#group.silent || this.#group.hidden
  }

  /** Bytes are decoded together, since some encodings take two for a character. */
  #flush(): void {
    if (this.#bytes.length === 0) return
    const text = decodeBytes(Uint8Array.from(this.#bytes), this.#group.encoding, false)
    this.#bytes = []
    this.#blocks.write(text)
  }
}
