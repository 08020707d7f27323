import Database from 'better-sqlite3'
import { answerCalls } from '../../../threads/answer-calls.ts'
import { partOf } from './part-of.ts'

export interface TextPartRequest {
  readonly database: string
  /** Row id. */
  readonly document: number
  readonly from: number
  readonly to: number
}

answerCalls(({ database, document, from, to }: TextPartRequest) => {
  const connection = new Database(database, { readonly: true, fileMustExist: true })
  try {
    const sql = 'SELECT text FROM document_texts WHERE document = ?'
    const text = connection.prepare<[number], string>(sql).pluck().get(document)
    return text === undefined ? null : partOf(text, from, to)
  } finally {
    connection.close()
  }
})
