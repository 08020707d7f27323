import { workerData } from 'node:worker_threads'
import type { ReadFile } from '../../engine/ports/file-reader.ts'
import { answerCalls } from '../../threads/answer-calls.ts'
import { readFormat } from '../read-format.ts'
import type { ReadLimits } from './read-limits.ts'

/** Asked of the thread, one at a time. */
export interface ReadRequest {
  readonly path: string
  readonly fileName: string
}

const limits: ReadLimits = workerData

answerCalls<ReadRequest, ReadFile>(({ path, fileName }) => readFormat(path, fileName, limits))
