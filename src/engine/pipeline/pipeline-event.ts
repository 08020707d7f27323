import type { DocumentRecord, InterruptedDocument } from '../ports/document-record.ts'
import type { Step } from './work-watch.ts'

/** What happens to the documents of a workspace, as a log tells it. */
export type PipelineEvent =
  | AtStep<'begun' | 'done'>
  | (AtStep<'failed'> & { readonly reason: string })
  /** A model failed for it alone; `until` is a time in ISO 8601. */
  | (AtStep<'waits'> & { readonly reason: string; readonly until: string })
  /** A process before this one has ended by the work on it. */
  | {
      readonly type: 'ended_process'
      readonly document: InterruptedDocument
      readonly errorMsg: string
      readonly failed: boolean
    }
  /** Documents wait to be processed: new ones, or some once more. */
  | { readonly type: 'queued'; readonly trackId: string | null; readonly count: number }
  /** How far the work on a document has come; told twice a second at most. */
  | {
      readonly type: 'progress'
      readonly document: DocumentRecord
      readonly step: Step
      readonly done: number
      readonly total: number
    }
  /** A model answers nobody: all documents wait. */
  | { readonly type: 'model_out'; readonly reason: string }
  | { readonly type: 'model_back' }
  | { readonly type: 'deleted'; readonly documentId: string; readonly filePath: string }
  | { readonly type: 'cleared' }

/** How far the work on a document has come, and what it took so far. */
export interface WorkCourse {
  /** What it is in, or was in last. */
  readonly step: Step
  /** What readers of its file took of the processor, in milliseconds. */
  readonly readerCpuMs?: number | undefined
}

interface AtStep<Type extends string> extends WorkCourse {
  readonly type: Type
  readonly document: DocumentRecord
}
