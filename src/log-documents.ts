import type { FastifyBaseLogger } from 'fastify'
import type { PipelineEvent } from './engine/ingest/pipeline-event.ts'

/** Tells in the log what happens to the documents of a workspace. */
export function logDocuments(
  log: Pick<FastifyBaseLogger, 'info' | 'warn'>,
  workspace: string,
): (event: PipelineEvent) => void {
  return (event) => {
    switch (event.type) {
      case 'begun':
      case 'done':
        log.info({ workspace, ...told(event) }, `document ${event.type}`)
        break
      case 'failed':
        log.warn({ workspace, ...told(event), reason: event.reason }, 'document failed')
        break
      case 'waits': {
        const { reason, until } = event
        log.warn({ workspace, ...told(event), reason, until }, 'document waits for another attempt')
        break
      }
      case 'model_out':
        log.warn({ workspace, reason: event.reason }, 'documents wait for the model')
        break
      case 'model_back':
        log.info({ workspace }, 'the model answers again')
        break
      case 'deleted':
        log.info({ workspace, document: event.documentId }, 'document deleted')
        break
      case 'cleared':
        log.info({ workspace }, 'all documents deleted')
        break
    }
  }
}

function told({ document }: Extract<PipelineEvent, { document: unknown }>) {
  return { document: document.id, file: document.filePath, attempt: document.attempts }
}
