import { csvGraph } from '../../../src/engine/graph/export/csv-graph.ts'
import type { GraphRows } from '../../../src/engine/graph/export/graph-rows.ts'
import { graphmlGraph } from '../../../src/engine/graph/export/graphml-graph.ts'
import { markdownGraph } from '../../../src/engine/graph/export/markdown-graph.ts'
import { textGraph } from '../../../src/engine/graph/export/text-graph.ts'
import { xlsxGraph } from '../../../src/engine/graph/export/xlsx-graph.ts'
import { textField } from '../../../src/engine/graph/item-fields.ts'
import { layOutCustomKg } from '../../../src/engine/graph/lay-out-custom-kg.ts'
import { searchEntityNames } from '../../../src/engine/graph/search-entity-names.ts'
import { AttemptCache } from '../../../src/engine/merge/attempt-cache.ts'
import { Attempt } from '../../../src/engine/pipeline/attempt.ts'
import { DocumentProgress } from '../../../src/engine/pipeline/document-progress.ts'
import type { DocumentRecord } from '../../../src/engine/ports/document-record.ts'
import { ModelHealth } from '../../../src/engine/ports/model-health.ts'
import type { LanguageModel } from '../../../src/engine/ports/models.ts'
import { DEFAULT_SETTINGS } from '../../../src/engine/ports/settings.ts'
import type { Store } from '../../../src/engine/ports/store.ts'
import type { StoredChunk, StoredEntity } from '../../../src/engine/ports/stored-rows.ts'
import { cleanText } from '../../../src/engine/read/clean-text.ts'
import { CUTS_HERE } from '../../../src/engine/read/cut-document.ts'
import { cutText } from '../../../src/engine/read/cut-text.ts'
import { decodeText } from '../../../src/engine/read/decode-text.ts'
import { documentTitle } from '../../../src/engine/read/document-title.ts'
import { readDocument } from '../../../src/engine/read/read-document.ts'
import { plainText } from '../../../src/engine/read/text-file-reader.ts'
import { citedSentences } from '../../../src/engine/retrieve/context/cited-sentences.ts'
import type { Selected } from '../../../src/engine/retrieve/context/select-context.ts'
import { linkNames } from '../../../src/engine/retrieve/rank/link-names.ts'
import { unsaidShare } from '../../../src/engine/retrieve/rank/unsaid-share.ts'
import { answerSentences } from '../../../src/engine/retrieve/statements/answer-sentences.ts'
import { statementsOf } from '../../../src/engine/retrieve/statements/statements-of.ts'
import { extractionUserPrompt } from '../../../src/engine/roles/extraction-prompts.ts'
import { halvesOf } from '../../../src/engine/roles/halves-of.ts'
import { JSON_FORMAT } from '../../../src/engine/roles/json-format.ts'
import { LlmAnswerer } from '../../../src/engine/roles/llm-answerer.ts'
import { LlmRewriter } from '../../../src/engine/roles/llm-rewriter.ts'
import { parseKeywords } from '../../../src/engine/roles/parse-keywords.ts'
import { ROW_FORMAT } from '../../../src/engine/roles/row-format.ts'
import { entityName } from '../../../src/engine/text/entity-name.ts'
import { keptName } from '../../../src/engine/text/kept-name.ts'
import { sentenceRanges } from '../../../src/engine/text/sentence-ranges.ts'
import { tokenCount } from '../../../src/engine/text/tokenizer.ts'
import { detectEncoding } from '../../../src/formats/encoding/detect-encoding.ts'
import { utf16Order } from '../../../src/formats/encoding/utf16-order.ts'
import { attachmentName } from '../../../src/formats/mail/attachment-name.ts'
import { readEml } from '../../../src/formats/mail/read-eml.ts'
import { readMsg } from '../../../src/formats/mail/read-msg.ts'
import { decodeHtml } from '../../../src/formats/markup/decode-markup.ts'
import { drawnLines } from '../../../src/formats/markup/drawn-lines.ts'
import { writeHtml } from '../../../src/formats/markup/html.ts'
import { readXml } from '../../../src/formats/markup/read-xml.ts'
import { readDocx } from '../../../src/formats/office/read-docx.ts'
import { readPptx } from '../../../src/formats/office/read-pptx.ts'
import { readXlsx } from '../../../src/formats/office/read-xlsx.ts'
import { readOdp } from '../../../src/formats/opendocument/read-odp.ts'
import { readOds } from '../../../src/formats/opendocument/read-ods.ts'
import { readOdt } from '../../../src/formats/opendocument/read-odt.ts'
import { HeadingLines } from '../../../src/formats/pdf/heading-lines.ts'
import { pageNotes } from '../../../src/formats/pdf/page-notes.ts'
import { pageText } from '../../../src/formats/pdf/pdf-lines.ts'
import { readCsv, readTsv } from '../../../src/formats/plain/read-csv.ts'
import { readJson, readJsonLines } from '../../../src/formats/plain/read-json.ts'
import { readNotebook } from '../../../src/formats/plain/read-notebook.ts'
import { readPlain } from '../../../src/formats/plain/read-plain.ts'
import { DEFAULT_READ_LIMITS } from '../../../src/formats/reader/read-limits.ts'
import { systemLimitBehind } from '../../../src/formats/reader/system-limit-behind.ts'
import { readRtf } from '../../../src/formats/rtf/read-rtf.ts'
import { formatOfContent } from '../../../src/formats/sniff/format-of-content.ts'
import { recognizeHead } from '../../../src/formats/sniff/recognize-head.ts'
import { readSubtitles } from '../../../src/formats/subtitles/read-subtitles.ts'
import { TextBuilder } from '../../../src/formats/text/text-builder.ts'
import { UnreadableFile } from '../../../src/formats/unreadable-file.ts'
import { jsonErrorPosition } from '../../../src/http/body/json-error-position.ts'
import { laxValue } from '../../../src/http/validation/lax-value.ts'
import { extractAnswer } from '../../../src/models/offline/answer/extract-answer.ts'
import { hashedEmbedding } from '../../../src/models/offline/embed/hashed-embedding.ts'
import { readNames } from '../../../src/models/offline/extract/read-names.ts'
import { OfflineKeywords } from '../../../src/models/offline/offline-keywords.ts'
import { offlineModels } from '../../../src/models/offline/offline-models.ts'
import { OfflineRewriter } from '../../../src/models/offline/offline-rewriter.ts'
import { OfflineSummarizer } from '../../../src/models/offline/offline-summarizer.ts'
import { splitSentences } from '../../../src/models/offline/split-sentences.ts'
import { indexableText } from '../../../src/stores/sqlite/database/indexable-text.ts'
import { fullTextTerms } from '../../../src/stores/sqlite/search/full-text-query.ts'
import { foldsAnew } from '../../../src/stores/sqlite/tables/folded-forms.ts'
import { compoundFile } from '../../formats/sample-compound.ts'
import {
  docx,
  odt,
  openDocument,
  pptx,
  textCell,
  wordParagraph,
  xlsx,
} from '../../formats/sample-files.ts'

/** What is done with a text that comes from outside, by what it is called. */
export const TEXT_STAGES: Readonly<Record<string, (text: string) => unknown>> = {
  'a text is cleaned': cleanText,
  'bytes are decoded': (text) => decodeText(bytesOf(text)),
  'an encoding is detected': (text) => detectEncoding(Buffer.from(`\xe9${text}`, 'latin1')),
  'an order of bytes is found': (text) => utf16Order(bytesOf(text)),
  'tokens are counted': tokenCount,
  'a title is found': (text) => documentTitle(text, 'a.md'),
  'a title is found in a name': (text) => documentTitle('', text),
  'a text is cut': (text) => cut(text, 'a.txt', { size: 100, overlap: 10 }),
  'Markdown is cut at its headings': (text) => cut(text, 'a.md', { strategy: 'markdown' }),
  'a text is cut at a separator': (text) => cut(text, 'a.txt', { separator: 'a' }),
  'a document is read without a model': (text) => document(text, 'a.txt'),
  'a Markdown document is read without a model': (text) => document(text, 'a.md'),
  'rows of a model are read': (text) => ROW_FORMAT.read(text),
  'a row of a model is read': (text) =>
    ROW_FORMAT.read(`entity<|#|>${text}<|#|>${text}<|#|>${text}`),
  'JSON of a model is read': (text) => JSON_FORMAT.read(`{"entities": [${text}`),
  'an entity of a model is read': (text) =>
    JSON_FORMAT.read(JSON.stringify({ entities: [{ name: text, type: text, description: text }] })),
  'keywords of a model are read': (text) => parseKeywords(`{"high_level_keywords": [${text}`),
  'a cut answer of a model is read': (text) => [
    ROW_FORMAT.untilCut(text),
    JSON_FORMAT.untilCut(text),
    halvesOf(text),
  ],
  'a question is rewritten': (text) =>
    new LlmRewriter({ ...NO_MODEL, generate: async () => ({ text, usage: NO_USAGE }) }).rewrite(
      text,
      [{ role: 'user', content: text }],
      CALL,
    ),
  'a question is rewritten without a model': (text) =>
    new OfflineRewriter().rewrite(text, [{ role: 'user', content: text }], CALL),
  'names are found without a model': (text) => readNames(text, text, async () => undefined),
  'a text is placed without a model': (text) => hashedEmbedding(text, 384),
  'keywords are found without a model': (text) => new OfflineKeywords().find(text, CALL),
  'a description is cut without a model': (text) =>
    new OfflineSummarizer(tokenCount).summarize(
      { kind: 'entity', name: 'a' },
      [text, text],
      100,
      CALL,
    ),
  'an error of a parser is judged': (text) => systemLimitBehind(new Error(text)),
  'sentences are cut': splitSentences,
  'an answer is extracted': (text) => extractAnswer('what does the Zebra say', [passage(text)], 5),
  'an answer is extracted for a long question': (text) =>
    extractAnswer(text, [passage('Zebra one. Ab Cd two. '.repeat(text.length / 20))], 5),
  'an answer is told sentence by sentence': answerSentences,
  'an answer is mapped to its passages': (text) => statementsOf(text, selectedOf(chunkOf(text))),
  'sentences are told apart': sentenceRanges,
  'a sentence is cited': (text) => citedSentences('what does the Zebra say', [chunkOf(text)]),
  'a sentence is cited for a long question': (text) =>
    citedSentences(text, [chunkOf('Zebra one. Ab Cd two. '.repeat(text.length / 20))]),
  'a text is indexed': indexableText,
  'a text is judged whether it is indexed anew': foldsAnew,
  'a name is kept': (text) => [entityName(text), keptName(text)],
  'a question is looked up': fullTextTerms,
  'a question names entities': (text) => linkNames(NO_NAMES, text, [text]),
  'a question is compared with a passage': (text) => unsaidShare(text, text),
  'names are searched': (text) => searchEntityNames([text, 'Zebra'], text, 10),
  'a custom graph is laid out': (text) =>
    layOutCustomKg(
      {
        chunks: [{ content: `x${text}`, source_id: '1' }],
        entities: [{ entity_name: 'A', description: text }],
      },
      { tokens: 100, count: tokenCount },
    ),
  'a graph is exported': exported,
  'a field of the graph is edited': (text) => [
    textField({ description: text }, 'description'),
    [text].map((weight) => laxValue({ type: 'number' }, weight)),
  ],
  'a prompt is written': (text) => [
    extractionUserPrompt({ text, filePath: 'a', headings: [text] }, ROW_FORMAT),
    new LlmAnswerer(NO_MODEL, text).prompt({ ...QUESTION, query: text, context: text }),
  ],
  'the place of an error in JSON is found': (text) => jsonErrorPosition(`["a", ${text}`),
  'a number is read leniently': (text) => laxValue({ type: 'number' }, text),
  'a plain file is read': (text) => reading((builder) => readPlain(text, '.txt', builder)),
  'a TeX file is read': (text) => reading((builder) => readPlain(text, '.tex', builder)),
  'texts with headings are read': (text) =>
    ['.rst', '.org', '.adoc'].map((kind) => reading((builder) => readPlain(text, kind, builder))),
  'a file without a format is recognized': (text) => recognizeHead(bytesOf(text)),
  'the format of a file is found': (text) =>
    reading(() => formatOfContent(bytesOf(text), DEFAULT_READ_LIMITS)),
  'a table with tabs is read': (text) => reading((builder) => readTsv(text, builder)),
  'lines of JSON are read': (text) =>
    reading((builder) => readJsonLines(JSON.stringify([text]), builder, MAX_DEPTH)),
  'a notebook is read': (text) =>
    reading((builder) =>
      readNotebook(JSON.stringify({ cells: [{ cell_type: 'markdown', source: text }] }), builder),
    ),
  'subtitles are read': (text) =>
    reading((builder) => readSubtitles(`00:01.000 --> 00:02.000\n${text}`, builder)),
  'times of subtitles are read': (text) =>
    reading((builder) => readSubtitles(`00:01.000 --> 00:02.000\nx\n\n${text}`, builder)),
  'a mail is read': (text) =>
    reading((builder) =>
      readEml(Buffer.from(`From: a\nSubject: b\n\n${text}`), builder, DEFAULT_READ_LIMITS),
    ),
  'the head of a mail is read': (text) =>
    reading((builder) =>
      readEml(
        Buffer.from(`From: a\nSubject: ${text}\nContent-Type: text/plain; a=${text}\n\nx`),
        builder,
        DEFAULT_READ_LIMITS,
      ),
    ),
  'parts of a mail are read': (text) =>
    reading((builder) =>
      readEml(
        Buffer.from(`From: a\nContent-Type: multipart/mixed; boundary=a\n\n--a\n${text}`),
        builder,
        DEFAULT_READ_LIMITS,
      ),
    ),
  'a file of a mail is named': (text) => attachmentName(text, 1, new Set()),
  'a mail of Outlook is read': (text) =>
    reading((builder) =>
      readMsg(
        compoundFile({
          '__properties_version1.0': Buffer.alloc(32),
          '__substg1.0_1000001E': Buffer.from(text.slice(0, 20_000), 'latin1'),
        }),
        builder,
        DEFAULT_READ_LIMITS,
      ),
    ),
  'a page of a PDF is read': (text) => {
    const items = text.split('\n').map((str) => ({ str, hasEOL: true, transform: [], height: 1 }))
    const lines = new HeadingLines(pageText(items as never))
    return ['a', 'Ab Cd', text.slice(0, 300)].map((title) => lines.find(title, 0))
  },
  'fields of a PDF are read': (text) =>
    pageNotes({
      getAnnotations: async () => [{ subtype: 'Widget', fieldName: text, fieldValue: text }],
    } as never),
  'markup is decoded': (text) => decodeHtml(bytesOf(`<meta ${text}`)),
  'HTML is read': (text) => reading((builder) => writeHtml(text, builder, MAX_DEPTH)),
  'a table of HTML is read': (text) =>
    reading((builder) => writeHtml(`<table><tr><td>${text}</td></tr></table>`, builder, MAX_DEPTH)),
  'XML is read': (text) => reading((builder) => readXml(`<a>${text}</a>`, builder, MAX_DEPTH)),
  'words of XML are read': (text) =>
    reading((builder) => readXml(`<a><b>${escaped(text)}</b></a>`, builder, MAX_DEPTH)),
  'a table is read': (text) => reading((builder) => readCsv(`a,b\n${text}`, builder)),
  'JSON is read': (text) =>
    reading((builder) => readJson(JSON.stringify({ a: [text], [text]: 1 }), builder, MAX_DEPTH)),
  'RTF is read': (text) =>
    reading((builder) =>
      readRtf(Buffer.from(`{\\rtf1 ${text}}`, 'latin1'), builder, DEFAULT_READ_LIMITS),
    ),
}

/** What unpacks and parses much for a short text; tried on some of the texts only. */
export const PACKED_STAGES: Readonly<Record<string, (text: string) => unknown>> = {
  'a Word document is read': (text) =>
    reading((builder) =>
      readDocx(docx(wordParagraph(escaped(text))), builder, DEFAULT_READ_LIMITS),
    ),
  'an OpenDocument text is read': (text) =>
    reading((builder) =>
      readOdt(odt(`<text:p>${escaped(text)}</text:p>`), builder, DEFAULT_READ_LIMITS),
    ),
  'a drawing is read': (text) => drawnLines(`<svg><text>${escaped(text)}</text></svg>`, MAX_DEPTH),
  'an OpenDocument spreadsheet is read': (text) =>
    reading((builder) =>
      readOds(
        openDocument(
          `<table:table table:name="a"><table:table-row><table:table-cell><text:p>${escaped(text)}</text:p></table:table-cell></table:table-row></table:table>`,
        ),
        builder,
        DEFAULT_READ_LIMITS,
      ),
    ),
  'an OpenDocument presentation is read': (text) =>
    reading((builder) =>
      readOdp(
        openDocument(
          `<draw:page><draw:frame><text:p>${escaped(text)}</text:p></draw:frame></draw:page>`,
        ),
        builder,
        DEFAULT_READ_LIMITS,
      ),
    ),
  'a presentation is read': (text) =>
    reading((builder) => readPptx(pptx([['A', escaped(text), 'b']]), builder, DEFAULT_READ_LIMITS)),
  'a workbook is read': (text) =>
    reading((builder) =>
      readXlsx(xlsx({ one: [[textCell(escaped(text))]] }), builder, DEFAULT_READ_LIMITS),
    ),
}

const CALL = { lane: 'extract' } as const
const NO_HAND = { step: () => undefined, end: () => undefined }
const MODELS = offlineModels(tokenCount)
const NO_MODEL = { id: 'none' } as LanguageModel
const NO_USAGE = { promptTokens: 0, completionTokens: 0 }
const QUESTION = { passages: [], references: [], responseType: '', userPrompt: '', history: [] }
const MAX_DEPTH = DEFAULT_READ_LIMITS.maxDepth
const NO_NAMES = { entitiesByNameKey: async () => [], entitiesWithWords: async () => [] }

const chunkOf = (content: string) => ({ content }) as StoredChunk
const selectedOf = (chunk: StoredChunk) => {
  const filled = { ...chunk, filePath: 'a', headings: [], outline: null, start: 0 } as StoredChunk
  return { chunks: [filled], referenceOf: () => '1' } as unknown as Selected
}
const passage = (content: string) => ({ content, referenceId: '1', filePath: 'a' })

function cut(
  text: string,
  name: string,
  plan: { size?: number; overlap?: number; strategy?: 'markdown'; separator?: string },
) {
  const { headings } = plainText(text, name)
  const { strategy = 'fixed_token', size = 1200, overlap = 100, separator = null } = plan
  return cutText(
    text,
    { headings, pages: [] },
    { strategy, size, overlap, separator, separatorOnly: false },
  )
}

function document(text: string, filePath: string) {
  const record = { id: 'doc-1', filePath, chunking: null } as DocumentRecord
  const check = { health: new ModelHealth(), probe: null }
  const parts = {
    models: MODELS,
    embedding: new AttemptCache().embedding(MODELS.embedding),
    attempt: new Attempt({ llm: check, embedding: check }, CALL, 0),
    progress: new DocumentProgress(NO_HAND, async () => undefined),
    settings: DEFAULT_SETTINGS,
    store: {} as Store,
    cutter: CUTS_HERE,
  }
  return readDocument(parts, record, plainText(cleanText(text), filePath), CALL)
}

const bytesOf = (text: string) => Buffer.from(text.toWellFormed().replaceAll('\0', ''))

/** What a file is refused for is as good as what is read of it. */
async function reading(read: (builder: TextBuilder) => unknown): Promise<void> {
  const builder = new TextBuilder(DEFAULT_READ_LIMITS.maxTextLength)
  try {
    await read(builder)
    builder.build()
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error
  }
}

/** As a text stands in XML, without what must not stand there. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(/(?![\t\n\r])\p{Cc}/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
}

async function exported(text: string): Promise<void> {
  const entity = { name: 'A', type: text, description: text, sourceIds: [text], filePaths: [text] }
  const stored = {
    ...entity,
    key: 1,
    createdAt: 0,
    degree: 0,
    tokens: 1,
    embeddingPending: false,
    spread: 1,
  }
  const rows: GraphRows = { entities: () => once<StoredEntity>(stored), relations: () => once() }
  for (const write of [csvGraph, graphmlGraph, markdownGraph, textGraph, xlsxGraph]) {
    for await (const _part of write(rows));
  }
}

async function* once<T>(...items: T[]) {
  yield* items
}
