import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ModelServer, startModelServer } from '../fixtures/model-server/model-server.ts'

/** What a language model once extracted from a document. */
interface OpenieRecord {
  readonly id: string
  readonly entities: readonly string[]
  /** Subject, relation, object; some have not three parts. */
  readonly triples: readonly (readonly string[])[]
}

const END = '<|COMPLETE|>'

/**
 * A model server that answers extraction prompts with what `openie.jsonl` of a folder has on their
 * document, whose name is its id.
 */
export async function startOpenieServer(folder: string): Promise<ModelServer> {
  const lines = (await readFile(join(folder, 'openie.jsonl'), 'utf8')).split('\n')
  const records = lines
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as OpenieRecord)
  const rows = new Map(records.map((record) => [record.id, rowsOf(record)]))
  return startModelServer({
    chat: (messages) => {
      const asked = messages.at(-1)?.content ?? ''
      const id = /^Document: (.+)$/m.exec(asked)?.[1]
      return rows.get(id ?? '') ?? END
    },
  })
}

/** The settings under which a server asks it for extraction, and nobody for anything else. */
export function openieSettings(server: ModelServer): Record<string, string> {
  return {
    EXTRACT_LLM_BINDING: 'openai',
    EXTRACT_LLM_BINDING_HOST: server.openAiUrl,
    EXTRACT_LLM_BINDING_API_KEY: 'openie',
    EXTRACT_LLM_MODEL: 'openie',
    ENTITY_EXTRACTION_USE_JSON: 'false',
    MAX_GLEANING: '0',
    FORCE_LLM_SUMMARY_ON_MERGE: '1000000',
  }
}

/** Extraction rows: what is said of an entity are the triples that name it. */
export function rowsOf({ entities, triples }: OpenieRecord): string {
  const whole = triples.filter((triple) => triple.length === 3)
  const names = new Set(entities)
  for (const [subject = '', , object = ''] of whole) names.add(subject).add(object)
  const described = [...names].map((name) => {
    const own = whole.filter(([subject, , object]) => subject === name || object === name)
    return row('entity', name, 'Other', own.map((triple) => triple.join(' ')).join('. ') || name)
  })
  const related = whole.map(([subject = '', relation = '', object = '']) =>
    row('relation', subject, object, relation, `${subject} ${relation} ${object}`),
  )
  return [...described, ...related, END].join('\n')
}

const row = (...fields: string[]) => fields.map((field) => field.replace(/\s+/g, ' ')).join('<|#|>')
