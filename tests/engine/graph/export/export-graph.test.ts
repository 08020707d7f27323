import { strFromU8, unzipSync } from 'fflate'
import Papa from 'papaparse'
import readExcelFile from 'read-excel-file/node'
import sax from 'sax'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EXPORT_FORMATS, type ExportFormat } from '../../../../src/engine/graph/graph-calls.ts'
import type { GraphStore } from '../../../../src/engine/ports/graph-store.ts'
import { GraphEngine } from '../../graph-engine.ts'

const NASTY = [
  '=1+1',
  '<b> & "c"',
  "O'Brien, x",
  'a|b*c_d`',
  '_x0041_',
  'tab',
  '日本 😀',
  '# ENTITIES',
]
const TOLD = 'two\nlines, "quoted" | <i>& _x0042_\ttab'

let engine: GraphEngine
beforeAll(async () => {
  engine = await GraphEngine.start()
  for (const entity_name of NASTY) {
    await engine.rag.entityCreate({ entity_name, entity_data: { description: TOLD } })
  }
  const relation_data = { keywords: '-1, x', description: `@${TOLD}`, weight: 2.5 }
  for (const [i, name] of NASTY.slice(1).entries()) {
    const pair = { source_entity: name, target_entity: NASTY[i] ?? '' }
    await engine.rag.relationCreate({ ...pair, relation_data })
  }
})
afterAll(() => engine.stop())

async function exported(format: ExportFormat, from = engine): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of from.rag.exportGraph({ format })) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** Parses strictly; gives back each element with its attributes and its text. */
function elements(xml: string, name: string) {
  const found: { attributes: Record<string, string>; text: string }[] = []
  const parser = sax.parser(true)
  let open: (typeof found)[number] | null = null
  parser.onerror = (error) => {
    throw error
  }
  parser.onopentag = (tag) => {
    if (tag.name !== name) return
    open = { attributes: tag.attributes as Record<string, string>, text: '' }
    found.push(open)
  }
  parser.ontext = (text) => {
    if (open) open.text += text
  }
  parser.write(xml).close()
  return found
}

describe('the export of a graph', () => {
  it('as csv holds two tables that a parser reads back', async () => {
    const text = (await exported('csv')).toString()
    const [head = '', entityTable = '', relationTable = ''] = text.split(
      /^# (?:ENTITIES|RELATIONS)\r\n/m,
    )
    expect(head).toBe('')
    const read = (table: string) =>
      Papa.parse<Record<string, string>>(table, { header: true, skipEmptyLines: true })
    const entities = read(entityTable)
    expect(entities.errors).toEqual([])
    expect(entities.data.map((row) => row.entity_name)).toEqual(
      NASTY.map((name) => (name === '=1+1' ? "'=1+1" : name)),
    )
    expect(entities.data[0]).toMatchObject({ entity_type: 'UNKNOWN', description: TOLD })
    const relations = read(relationTable)
    expect(relations.errors).toEqual([])
    expect(relations.data).toHaveLength(NASTY.length - 1)
    // Neither table holds a cell that a spreadsheet would run.
    expect(relations.data[0]).toMatchObject({
      keywords: "'-1,x",
      description: `'@${TOLD}`,
      weight: '2.5',
    })
  })

  it('as graphml and gexf is strict XML with every node and edge once', async () => {
    for (const format of ['graphml', 'gexf'] as const) {
      const xml = (await exported(format)).toString()
      const nodes = elements(xml, 'node').map(({ attributes }) => attributes.id)
      expect([...nodes].sort()).toEqual([...NASTY].sort())
      const edges = elements(xml, 'edge').map(({ attributes }) => attributes)
      expect(new Set(edges.map(({ source, target }) => `${source}\0${target}`)).size).toBe(
        NASTY.length - 1,
      )
      expect(edges).toHaveLength(NASTY.length - 1)
      expect(
        edges.every((edge) => nodes.includes(edge.source) && nodes.includes(edge.target)),
      ).toBe(true)
      expect(xml.includes(`weight="2.5"`) || xml.includes('<data key="edge_weight">2.5<')).toBe(
        true,
      )
    }
  })

  it('as graphml keeps texts as they are', async () => {
    const xml = (await exported('graphml')).toString()
    const described = elements(xml, 'data').filter(
      ({ attributes }) => attributes.key === 'node_description',
    )
    expect(described.map(({ text }) => text)).toEqual(NASTY.map(() => TOLD))
  })

  it('never breaks XML, whatever characters the store holds', async () => {
    const text = 'a\u0000b\u001fc\ud800d\ufffee'
    const item = {
      description: text,
      sourceIds: [text],
      filePaths: [text],
      createdAt: 1,
      tokens: 1,
      embeddingPending: false,
    }
    const named = (key: number, name: string) => ({ ...item, key, name, type: text, degree: 1 })
    const store: Pick<GraphStore, 'entitiesAfter' | 'relationsAfter'> = {
      entitiesAfter: async (key) =>
        key === 0 ? [named(1, 'x\u0001'), named(2, 'x\u0002'), named(3, 'x')] : [],
      relationsAfter: async (key) =>
        key === 0
          ? [
              {
                ...item,
                key: 1,
                sourceKey: 1,
                targetKey: 2,
                source: 'x\u0001',
                target: 'x\u0002',
                keywords: text,
                weight: 1,
              },
            ]
          : [],
    }
    const { exportGraph } = await import('../../../../src/engine/graph/export/export-graph.ts')
    for (const format of ['graphml', 'gexf'] as const) {
      const pieces: Uint8Array[] = []
      for await (const piece of exportGraph(store, format)) pieces.push(piece)
      const xml = Buffer.concat(pieces).toString()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there
      expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/)
      const ids = elements(xml, 'node').map(({ attributes }) => attributes.id)
      expect(new Set(ids).size).toBe(3)
      const [edge] = elements(xml, 'edge')
      expect(ids).toContain(edge?.attributes.source)
      expect(ids).toContain(edge?.attributes.target)
    }
  })

  it('as xlsx opens with a sheet each', async () => {
    const file = await exported('xlsx')
    const sheets = await readExcelFile(file)
    expect(sheets.map(({ sheet }) => sheet)).toEqual(['Entities', 'Relations'])
    const [entities = [], relations = []] = sheets.map(({ data }) => data)
    expect(entities[0]?.slice(0, 3)).toEqual(['entity_name', 'entity_type', 'description'])
    expect(entities.slice(1).map((row) => row[0])).toEqual(NASTY)
    expect(relations).toHaveLength(NASTY.length)
    expect(relations[1]?.[4]).toBe(2.5)
    expect(
      strFromU8(unzipSync(file)['xl/worksheets/sheet1.xml'] ?? new Uint8Array()),
    ).not.toContain('<f>')
  })

  it('as markdown has one line for each row, and no markup from values', async () => {
    const lines = (await exported('md')).toString().split('\n')
    const rows = lines.filter((line) => /^\| (?!---)/.test(line))
    expect(rows).toHaveLength(2 + NASTY.length + NASTY.length - 1)
    expect(rows.some((row) => row.includes('&lt;b> &amp; "c"'))).toBe(true)
    expect(rows.some((row) => row.includes('a\\|b\\*c\\_d\\`'))).toBe(true)
    const cells = rows.map((row) => row.split(/(?<!\\)\|/).length)
    expect(new Set(cells)).toEqual(new Set([8, 10]))
  })

  it('as text names everything once', async () => {
    const text = (await exported('txt')).toString()
    for (const name of NASTY.slice(1)) expect(text).toContain(`\n${name} (UNKNOWN)\n`)
    expect(text.match(/ -- /g)).toHaveLength(NASTY.length - 1)
  })

  it('of nothing is still a file that opens', async () => {
    const empty = await GraphEngine.start()
    for (const format of EXPORT_FORMATS) {
      expect((await exported(format, empty)).length).toBeGreaterThan(10)
    }
    expect(elements((await exported('gexf', empty)).toString(), 'node')).toEqual([])
    expect(await readExcelFile(await exported('xlsx', empty))).toHaveLength(2)
    await empty.stop()
  })

  it('shows no edge without its nodes while the graph changes', async () => {
    const changing = await GraphEngine.start()
    const entities = Array.from({ length: 900 }, (_, i) => ({ entity_name: `N${i}` }))
    const relationships = entities.slice(1).map(({ entity_name }, i) => ({
      src_id: entity_name,
      tgt_id: `N${i}`,
    }))
    await changing.rag.insertCustomKg({ entities, relationships })
    await changing.rag.idle()
    let xml = ''
    let edits = 0
    for await (const piece of changing.rag.exportGraph({ format: 'graphml' })) {
      xml += Buffer.from(piece).toString()
      await changing.rag.mergeEntities({
        entities_to_change: [`N${880 - edits * 20}`],
        entity_to_change_into: `M${edits++}`,
      })
    }
    expect(edits).toBeGreaterThan(3)
    const ids = elements(xml, 'node').map(({ attributes }) => attributes.id)
    expect(new Set(ids).size).toBe(ids.length)
    const edges = elements(xml, 'edge').map(({ attributes }) => attributes)
    expect(edges.every(({ source, target }) => ids.includes(source) && ids.includes(target))).toBe(
      true,
    )
    expect(new Set(edges.map(({ source, target }) => `${source}~${target}`)).size).toBe(
      edges.length,
    )
    await changing.stop()
  })
})
