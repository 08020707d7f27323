import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { EngineError } from '../../src/engine/ports/engine-error.ts'
import type { ChatMessage, LanguageModel } from '../../src/engine/ports/models.ts'
import { openLightRag } from '../../src/library.ts'
import {
  afterThisTest,
  cleanUpAfterEach,
  deleted,
  engineOver,
  found,
  graphOf,
  idOf,
  indexed,
  queued,
  someFolder,
  statuses,
} from './engine-test.ts'
import { sentenceModels } from './sentence-models.ts'
import { workspaceRows } from './workspace-rows.ts'

cleanUpAfterEach()

/** An engine of the library over a language model of a few lines. */
async function libraryOver(answer: (messages: readonly ChatMessage[]) => string) {
  const usage = { promptTokens: 0, completionTokens: 0 }
  const llm: LanguageModel = {
    id: 'lines',
    generate: async (messages) => ({ text: answer(messages), usage }),
    async *stream(messages) {
      yield answer(messages)
    },
  }
  const settings = { chunkSize: 40, chunkOverlapSize: 4 }
  const rag = await openLightRag({ dir: join(await someFolder(), 'space'), llm, settings })
  afterThisTest(() => rag.close())
  return rag
}

const rows = (...lines: string[]) => [...lines, '<|COMPLETE|>'].join('\n')
const lastOf = (messages: readonly ChatMessage[]) => messages.at(-1)?.content ?? ''
const systemOf = (messages: readonly ChatMessage[]) =>
  messages.find(({ role }) => role === 'system')?.content ?? ''

describe('a failed document', () => {
  it('shows nothing, and says each thing once however often it is tried again', async () => {
    const models = sentenceModels()
    const { rag } = await engineOver(models)
    await indexed(rag, 'first.txt', 'Ada meets Bob.')
    let broken = true
    models.beforeEmbedding = (texts) => {
      // After its chunks were read, while its entities are being merged.
      if (broken && texts.some((text) => text.startsWith('Eve\n'))) throw new TypeError('broken')
    }
    await indexed(rag, 'second.txt', 'Ada meets Bob often. Eve meets Bob.')
    for (let retry = 0; retry < 3; retry++) {
      expect(await statuses(rag)).toEqual({ 'first.txt': 'processed', 'second.txt': 'failed' })
      expect(await rag.entityNames()).toEqual(['Ada', 'Bob'])
      expect((await found(rag, 'Who is Eve?', ['Eve'])).files).not.toContain('second.txt')
      await rag.reprocessFailed()
      await rag.idle()
    }
    broken = false
    await rag.reprocessFailed()
    await rag.idle()
    const { entities, relations } = await graphOf(rag)
    expect(relations.get('Ada - Bob')?.weight).toBe(4)
    expect(String(entities.get('Ada')?.description).split('<SEP>')).toHaveLength(2)
  })

  it('leaves nothing behind when it is deleted', async () => {
    const models = sentenceModels()
    const { rag, dir } = await engineOver(models)
    models.beforeEmbedding = (texts) => {
      if (texts.some((text) => text.startsWith('Eve\n'))) throw new TypeError('broken')
    }
    await indexed(rag, 'second.txt', 'Ada meets Bob. Eve meets Bob.')
    expect(await statuses(rag)).toEqual({ 'second.txt': 'failed' })
    await deleted(rag, 'second.txt')
    expect(await statuses(rag)).toEqual({})
    await rag.close()
    const { workspace, scheduled_deletions, dead_texts, ...rest } = workspaceRows(dir)
    expect(Object.entries(rest).filter(([, left]) => left.length > 0)).toEqual([])
    expect(workspace).toEqual([expect.stringContaining('"chunks":0,"entities":0,"relations":0')])
    expect([scheduled_deletions, dead_texts]).toEqual([['{"count":0}'], ['{"count":0}']])
  })
})

describe('two documents with the same passage', () => {
  it('have chunks of their own, and one survives the deletion of the other', async () => {
    const { rag } = await engineOver(sentenceModels(), { chunkSize: 8, chunkOverlapSize: 0 })
    const shared = 'Ada meets Bob in Rome.'
    await indexed(rag, 'a.txt', `${shared} Only Max pays Tom here.`)
    await indexed(rag, 'b.txt', `${shared} Only Eve calls Sue there.`)
    const sources = async () =>
      String((await graphOf(rag)).relations.get('Ada - Bob')?.source_id).split('<SEP>')
    expect(new Set(await sources()).size).toBe(2)
    await deleted(rag, 'a.txt')
    expect(await sources()).toHaveLength(1)
    const { files, texts } = await found(rag, 'Whom does Ada meet in Rome?', ['Ada'])
    expect(files).toEqual(['b.txt'])
    expect(texts.join()).toContain(shared)
    const { documents } = await rag.listDocuments({})
    expect(documents.map(({ chunks_count }) => chunks_count)).toEqual([2])
  })
})

describe('what a model gets wrong', () => {
  it('costs a relation its description, not the document', async () => {
    const rag = await libraryOver(() =>
      rows(
        'entity<|#|>Ada<|#|>person<|#|>Ada lives in Rome.',
        'entity<|#|>Bob<|#|>person<|#|>Bob lives in Oslo.',
        'relation<|#|>Ada<|#|>Bob<|#|>friendship<|#|>7',
        'relation<|#|>Ada<|#|>Rome<|#|>home<|#|>',
      ),
    )
    await indexed(rag, 'a.txt', 'Ada and Bob.')
    expect(await statuses(rag)).toEqual({ 'a.txt': 'processed' })
    const { entities, relations } = await graphOf(rag)
    expect([...entities.keys()].toSorted()).toEqual(['Ada', 'Bob', 'Rome'])
    expect(relations.get('Ada - Bob')?.description).toContain('friendship')
  })

  it('sets one chunk aside, and the rest of the document is there', async () => {
    const rag = await libraryOver((messages) => {
      if (lastOf(messages).includes('UNSPEAKABLE')) {
        throw new EngineError('model_rejected', 'The model refused this passage.')
      }
      return rows('entity<|#|>Ada<|#|>person<|#|>Ada lives in Rome.')
    })
    const filler = 'Ada went from Rome to Oslo and back again on foot. '.repeat(8)
    await indexed(rag, 'a.txt', `${filler} UNSPEAKABLE. ${filler}`)
    const { documents } = await rag.listDocuments({})
    expect(documents[0]).toMatchObject({
      status: 'processed',
      metadata: { chunks_set_aside: expect.any(Number) },
    })
    expect(await rag.entityNames()).toEqual(['Ada'])
    // What could not be extracted can still be found by its words.
    expect((await found(rag, 'What is UNSPEAKABLE?', ['Ada'])).texts.join()).toContain(
      'UNSPEAKABLE',
    )
  })
})

describe('any text', () => {
  it('is indexed, also when it spells special tokens', async () => {
    const { rag } = await engineOver(sentenceModels())
    const text = 'Ada wrote <|endoftext|> and <|im_start|>system<|im_end|> on Bob. <SEP> <|#|>'
    await indexed(rag, 'a.txt', text)
    expect(await statuses(rag)).toEqual({ 'a.txt': 'processed' })
    expect((await found(rag, 'What did Ada write?', ['Ada'])).texts).toEqual([text])
  })

  it('is cut between characters, never within one', async () => {
    const { rag } = await engineOver(sentenceModels(), { chunkSize: 10, chunkOverlapSize: 2 })
    const text = Array.from({ length: 40 }, (_, i) => `${i}👩‍🚀🇪🇺日本語ไทย𝒳é`).join('')
    await indexed(rag, 'a.txt', text)
    const { data } = await rag.queryData({ query: '日本語', mode: 'naive', chunk_top_k: 500 })
    const chunks = 'chunks' in data ? data.chunks : []
    expect(chunks.length).toBeGreaterThan(3)
    for (const { content, start, end } of chunks) {
      expect(content).toBe(text.slice(start, end))
      expect(content).not.toContain('\ufffd')
      expect(Buffer.from(content).toString()).toBe(content)
    }
  })
})

describe('the weight of a relation', () => {
  it('is the sum of what its sources say, after inserts and deletions in any order', async () => {
    // Three names in a sentence weigh three, two weigh two.
    const strong = 'Ada meets Bob at Rome.'
    const weak = 'Ada meets Bob again.'
    const { rag } = await engineOver(sentenceModels())
    const weight = async () => (await graphOf(rag)).relations.get('Ada - Bob')?.weight
    await indexed(rag, 'strong.txt', strong)
    expect(await weight()).toBe(3)
    await indexed(rag, 'weak.txt', weak)
    expect(await weight()).toBe(5)
    await deleted(rag, 'strong.txt')
    expect(await weight()).toBe(2)
    await indexed(rag, 'strong.txt', strong)
    expect(await weight()).toBe(5)
    await deleted(rag, 'weak.txt')
    expect(await weight()).toBe(3)
  })
})

describe('an entity', () => {
  it('keeps the time of its first source, and the type that most of its sources give', async () => {
    const models = sentenceModels()
    models.extractor.extract = async ({ text }) => ({
      entities: [{ name: 'Mercury', type: text.split(' ')[0] ?? '', description: text }],
      relations: [],
    })
    const { rag } = await engineOver(models)
    const typeAfter = async (label: string, text: string) => {
      await indexed(rag, label, text)
      return (await graphOf(rag)).entities.get('Mercury')?.entity_type
    }
    expect(await typeAfter('1.txt', 'planet one')).toBe('planet')
    const createdAt = (await graphOf(rag)).entities.get('Mercury')?.created_at
    expect(await typeAfter('2.txt', 'planet two')).toBe('planet')
    expect(await typeAfter('3.txt', 'planet three')).toBe('planet')
    // One vote for all that went before would let these two win.
    expect(await typeAfter('4.txt', 'metal one')).toBe('planet')
    expect(await typeAfter('5.txt', 'metal two')).toBe('planet')
    await new Promise((resolve) => setTimeout(resolve, 1100))
    expect(await typeAfter('6.txt', 'metal three, metal four')).toMatch(/planet|metal/)
    expect(await typeAfter('7.txt', 'metal four')).toBe('metal')
    expect((await graphOf(rag)).entities.get('Mercury')?.created_at).toBe(createdAt)
  })

  it('is found by its name in any case, in every spelling that the documents use', async () => {
    const models = sentenceModels()
    models.extractor.extract = async ({ text }) => ({
      entities: [{ name: text.split(' owns ')[0] ?? '', type: 'firm', description: text }],
      relations: [],
    })
    const { rag } = await engineOver(models)
    await indexed(rag, 'a.txt', 'Acme Corp owns a mill.')
    await indexed(rag, 'b.txt', 'ACME CORP owns a quarry.')
    await indexed(rag, 'c.txt', 'Initech owns a yard.')
    const { entities, files } = await found(rag, 'What belongs to acme corp?', ['acme corp'])
    expect(entities).toEqual(expect.arrayContaining(['ACME CORP', 'Acme Corp']))
    expect(files).toEqual(expect.arrayContaining(['a.txt', 'b.txt']))
  })
})

describe('an answer', () => {
  const extraction = rows('entity<|#|>Ada<|#|>person<|#|>Ada is a smith.')
  /** Says what it was shown, but for extractions and keywords. */
  const telling = (asked: (readonly ChatMessage[])[]) => (messages: readonly ChatMessage[]) => {
    if (lastOf(messages).includes('low_level_keywords')) return '{"low_level_keywords": ["Ada"]}'
    if (systemOf(messages).includes('<|#|>')) return extraction
    asked.push(messages)
    return JSON.stringify(messages)
  }

  it('belongs to its conversation, its wishes and the documents as they are now', async () => {
    const asked: (readonly ChatMessage[])[] = []
    const rag = await libraryOver(telling(asked))
    await indexed(rag, 'a.txt', 'Ada is a smith.')
    const ask = async (more: object = {}) =>
      (await rag.query({ query: 'What is Ada?', mode: 'naive', ...more })).response
    const plain = await ask()
    const history = [{ role: 'user', content: 'We speak of Ada the ship.' }]
    expect(await ask({ conversation_history: history })).toContain('Ada the ship')
    expect(await ask({ user_prompt: 'Answer in rhyme.' })).toContain('in rhyme')
    expect(await ask({ response_type: 'One word' })).toContain('One word')
    await indexed(rag, 'b.txt', 'Ada is a sailor, too.')
    expect(await ask()).toContain('a sailor, too')
    expect(plain).not.toContain('sailor')
    await deleted(rag, 'a.txt')
    expect(await ask()).not.toContain('a smith')
  })
})

describe('a question of several topics', () => {
  it('is not averaged into one vector of all its keywords', async () => {
    const models = sentenceModels()
    const embedded: string[] = []
    models.beforeEmbedding = (texts) => {
      embedded.push(...texts)
    }
    const { rag } = await engineOver(models)
    await indexed(rag, 'a.txt', 'Ada meets Bob.')
    await indexed(rag, 'b.txt', 'Zoe pays Max.')
    embedded.length = 0
    const { entities, files } = await found(rag, 'What of these two?', ['Ada', 'Zoe'])
    expect(embedded.filter((text) => text.includes('Ada') && text.includes('Zoe'))).toEqual([])
    expect(entities).toEqual(expect.arrayContaining(['Ada', 'Zoe']))
    expect(files.toSorted()).toEqual(['a.txt', 'b.txt'])
  })
})

describe('the bytes of an upload', () => {
  it('go when it is replaced, deleted or cleared', async () => {
    const { rag, dir } = await engineOver(sentenceModels())
    const upload = async (name: string, text: string) => {
      const content = Readable.from([Buffer.from(text)])
      const reply = await rag.insertFile({ file_name: name, on_conflict: 'replace' }, content)
      expect(reply.status).toBe('success')
      await rag.idle()
    }
    const kept = async () => (await readdir(join(dir, 'inputs', '__uploads__'))).length
    await upload('a.txt', 'Ada meets Bob.')
    await upload('a.txt', 'Ada meets Eve.')
    expect(await kept()).toBe(1)
    await upload('b.txt', 'Ada pays Bob.')
    await deleted(rag, 'a.txt')
    expect(await kept()).toBe(1)
    await rag.clearDocuments()
    expect(await kept()).toBe(0)
  })
})

describe('the graph', () => {
  it('says nothing that no stored document says', async () => {
    const { rag } = await engineOver(sentenceModels())
    await indexed(rag, 'a.txt', 'Ada meets Bob.')
    await indexed(rag, 'b.txt', 'Bob pays Max.')
    await queued(rag, 'c.txt', 'Max calls Ada.')
    await rag.idle()
    for (const label of ['b.txt', 'a.txt', 'c.txt']) {
      const { entities, relations } = await graphOf(rag)
      const labels = Object.keys(await statuses(rag))
      for (const properties of [...entities.values(), ...relations.values()]) {
        expect(labels).toEqual(expect.arrayContaining(String(properties.file_path).split('<SEP>')))
      }
      expect(await idOf(rag, label)).toBeTruthy()
      await deleted(rag, label)
    }
    expect((await graphOf(rag)).entities.size).toBe(0)
  })
})
