import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LightRag } from '../../../src/engine/light-rag.ts'
import type { QueryResponse } from '../../../src/engine/retrieve/query-calls.ts'
import { tokenCount } from '../../../src/engine/text/tokenizer.ts'
import { FileReaders } from '../../../src/formats/reader/file-readers.ts'
import { offlineModels } from '../../../src/models/offline/offline-models.ts'
import { openSqliteStore } from '../../../src/stores/sqlite/sqlite-store.ts'
import { filesIn } from '../../../src/workspaces/folder/files-in.ts'
import { tempFolder } from '../../server/temp-folder.ts'
import type { CitedText, GivenAnswer } from './judge-answer.ts'
import { DOCUMENTS } from './question-set.ts'

/** An engine of this process over the documents of the set, without any model service. */
export interface AskedEngine {
  ask(question: string): Promise<QueryResponse>
  close(): Promise<void>
}

/** Opens an engine over a temporary folder and takes in all documents. */
export async function openEngine(): Promise<AskedEngine> {
  const folder = await tempFolder()
  const readers = new FileReaders()
  const models = offlineModels(tokenCount)
  const rag = await LightRag.open({
    store: await openSqliteStore({ dir: folder.path, embedding: models.embedding }),
    models,
    files: filesIn(join(folder.path, 'inputs')),
    fileReader: readers.of('answers'),
  })
  const close = async () => {
    await rag.close()
    await readers.close()
    await folder.remove()
  }
  try {
    for (const name of (await readdir(DOCUMENTS)).sort()) {
      const bytes = await readFile(new URL(name, DOCUMENTS))
      await rag.insertFile({ file_name: name }, inPieces(bytes))
    }
    await rag.idle()
  } catch (error) {
    await close()
    throw error
  }
  return { ask: (query) => rag.query({ query, include_chunk_content: true }), close }
}

async function* inPieces(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes
}

/** What is judged of a reply. */
export function givenAnswer(reply: QueryResponse): GivenAnswer {
  const { response, no_answer: refusal, statements = [] } = reply
  return {
    text: response.split(/\n+(?:\*Extractive answer|### References)/, 1)[0] ?? '',
    refused: refusal !== undefined,
    cited: statements.flatMap(({ citations }) =>
      citations.flatMap((citation) => citedText(reply, citation) ?? []),
    ),
  }
}

type StatementCitation = NonNullable<QueryResponse['statements']>[number]['citations'][number]

function citedText({ references }: QueryResponse, citation: StatementCitation): CitedText | null {
  const { chunk_id: chunk, reference_id: id, sentence, unsupported } = citation
  const reference = references?.find((one) => one.reference_id === id)
  const at = reference?.citations.findIndex((one) => one.chunk_id === chunk) ?? -1
  const passage = reference?.content?.[at]
  if (!reference || passage === undefined || sentence === null) return null
  const text = passage.slice(sentence.start - citation.start, sentence.end - citation.start)
  return { file: reference.file_path, text, unsupported }
}
