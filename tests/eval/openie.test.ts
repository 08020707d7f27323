import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LlmExtractor } from '../../src/engine/roles/llm-extractor.ts'
import { openAiCompatibleModel } from '../../src/models/ai-sdk/openai-compatible-model.ts'
import type { ModelServer } from '../fixtures/model-server/model-server.ts'
import { QUICK } from '../models/call-settings.ts'
import { startOpenieServer } from './openie.ts'

const RECORDS = [
  { id: 'p1', entities: ['Weir Song'], triples: [['Weir Song', 'recorded by', 'Mirela Vant']] },
  { id: 'p2', entities: [], triples: [['only', 'two']] },
]

describe('the server that answers from openie.jsonl', () => {
  let folder: string
  let server: ModelServer
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'openie-'))
    const lines = RECORDS.map((record) => JSON.stringify(record))
    await writeFile(join(folder, 'openie.jsonl'), `${lines.join('\n')}\n`)
    server = await startOpenieServer(folder)
  })
  afterEach(async () => {
    await server.close()
    await rm(folder, { recursive: true })
  })

  function extract(filePath: string) {
    const host = { binding: 'openai', host: server.openAiUrl } as const
    const model = openAiCompatibleModel(host, 'openie', { calls: QUICK })
    const extractor = new LlmExtractor(model, { gleaning: false })
    return extractor.extract({ text: 'Some text.', filePath, headings: [] }, { lane: 'extract' })
  }

  it('gives the entities and triples of the document that is asked about', async () => {
    const { entities, relations } = await extract('p1')
    expect(entities.map(({ name }) => name)).toEqual(['Weir Song', 'Mirela Vant'])
    expect(relations).toMatchObject([
      {
        source: 'Weir Song',
        target: 'Mirela Vant',
        keywords: 'recorded by',
        description: 'Weir Song recorded by Mirela Vant',
      },
    ])
  })

  it('gives nothing for triples without three parts', async () => {
    expect(await extract('p2')).toEqual({ entities: [], relations: [] })
    expect(await extract('unknown')).toEqual({ entities: [], relations: [] })
  })
})
