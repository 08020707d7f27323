import type { PipelineEvent } from '../../engine/pipeline/pipeline-event.ts'
import type { DocumentRecord } from '../../engine/ports/document-record.ts'
import type { ServerEvent } from '../../routes/events.ts'

/** What happens to documents, in the words of the API; undefined for what only a log tells. */
export function toldEvent(event: PipelineEvent): Omit<ServerEvent, 'id'> | undefined {
  switch (event.type) {
    case 'queued': {
      const { trackId: track_id, count } = event
      return { event: 'documents.queued', data: { track_id, count } }
    }
    case 'progress': {
      const { step, done, total } = event
      const data = { ...about(event.document), step, done, total }
      return { event: 'document.progress', data }
    }
    case 'begun':
      return status(event.document, 'processing')
    case 'done':
      return status(event.document, 'processed')
    case 'failed':
      return status(event.document, 'failed', { reason: event.reason })
    case 'waits':
      return status(event.document, 'pending', { reason: event.reason, next_retry_at: event.until })
    case 'ended_process': {
      const { document, failed, errorMsg: reason } = event
      return status(document, failed ? 'failed' : 'pending', { reason })
    }
    case 'deleted': {
      const { documentId: id, filePath } = event
      return status({ id, filePath, trackId: null }, 'deleted')
    }
    case 'cleared':
      return { event: 'documents.cleared', data: {} }
    case 'model_out':
      return { event: 'pipeline', data: { state: 'waits_for_model', reason: event.reason } }
    case 'model_back':
      return { event: 'pipeline', data: { state: 'goes_on' } }
  }
}

type Named = Pick<DocumentRecord, 'id' | 'filePath'> & { readonly trackId: string | null }

function about({ id, filePath, trackId }: Named) {
  return { document_id: id, file_path: filePath, track_id: trackId }
}

function status(document: Named, state: string, more: Readonly<Record<string, string>> = {}) {
  return { event: 'document.status', data: { ...about(document), status: state, ...more } }
}
