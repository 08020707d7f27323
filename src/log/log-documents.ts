import type { FastifyBaseLogger } from 'fastify'
import type { PipelineEvent, WorkCourse } from '../engine/pipeline/pipeline-event.ts'
import type { DocumentRecord } from '../engine/ports/document-record.ts'

/**
 * Tells in the log what happens to the documents of a workspace.
 *
 * @param log names the workspace in each line, and whose it is
 */
export function logDocuments(
  log: Pick<FastifyBaseLogger, 'info' | 'warn' | 'error'>,
): (event: PipelineEvent) => void {
  return (event) => {
    switch (event.type) {
      case 'begun':
      case 'done':
        log.info(told(event), `document ${event.type}`)
        break
      case 'failed':
        log.warn({ ...told(event), reason: event.reason }, 'document failed')
        break
      case 'waits': {
        const { reason, until } = event
        log.warn({ ...told(event), reason, until }, 'document waits for another attempt')
        break
      }
      case 'ended_process': {
        const { document, errorMsg: reason, failed } = event
        const { id, filePath: file, trackId: ingestion_job_id, step } = document
        const about = { document: id, file, ingestion_job_id, step: step || 'read' }
        log.error({ ...about, failed, reason }, 'document ended a server')
        break
      }
      case 'queued':
      case 'progress':
        // Too often for a log.
        break
      case 'model_out':
        log.warn({ reason: event.reason }, 'documents wait for the model')
        break
      case 'model_back':
        log.info('the model answers again')
        break
      case 'deleted':
        log.info({ document: event.documentId }, 'document deleted')
        break
      case 'cleared':
        log.info('all documents deleted')
        break
    }
  }
}

function told({ step, readerCpuMs, document }: WorkCourse & { readonly document: DocumentRecord }) {
  return {
    document: document.id,
    file: document.filePath,
    attempt: document.attempts,
    ingestion_job_id: document.trackId,
    step,
    ...(readerCpuMs === undefined ? {} : { reader_cpu_ms: Math.round(readerCpuMs) }),
  }
}
