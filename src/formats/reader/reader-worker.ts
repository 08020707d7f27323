import { parentPort, workerData } from 'node:worker_threads'
import type { ReadFile } from '../../engine/ports/file-reader.ts'
import { readFormat } from '../read-format.ts'
import { UnreadableFile } from '../unreadable-file.ts'
import type { ReadLimits } from './read-limits.ts'

/** Asked of the thread, one at a time. */
export interface ReadRequest {
  readonly path: string
  readonly fileName: string
}

export type ReadReply =
  | { readonly file: ReadFile }
  /** Safe to show; null when nobody foresaw what went wrong. */
  | { readonly refused: string | null; readonly cause: string }

const limits: ReadLimits = workerData

async function reply({ path, fileName }: ReadRequest): Promise<ReadReply> {
  try {
    return { file: await readFormat(path, fileName, limits) }
  } catch (error) {
    const refused = error instanceof UnreadableFile ? error.message : null
    return { refused, cause: String(error) }
  }
}

parentPort?.postMessage('ready')
parentPort?.on('message', async (request: ReadRequest) => {
  parentPort?.postMessage(await reply(request))
})
