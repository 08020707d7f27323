import type { BackgroundJobs } from './pipeline/pipeline.ts'
import type { PipelineEvent } from './pipeline/pipeline-event.ts'
import type { PublishParts } from './pipeline/publish-document.ts'
import type { WorkWatch } from './pipeline/work-watch.ts'
import type { FileReader } from './ports/file-reader.ts'
import type { EngineFiles } from './ports/files.ts'
import type { Models } from './ports/models.ts'
import type { EngineSettings } from './ports/settings.ts'
import type { Store } from './ports/store.ts'
import type { TextCutter } from './ports/text-cutter.ts'
import type { ModelUsage } from './rag.ts'

/** What the engine of a workspace is made of. */
export interface LightRagParts extends Pick<PublishParts, 'graphBounds' | 'room'> {
  readonly store: Store
  readonly models: Models
  readonly settings?: Partial<EngineSettings>
  /** The workspace's own: its uploads, and what people put beside them. */
  readonly files: EngineFiles
  /** Makes text of uploads; without it, plain text and Markdown are read. */
  readonly fileReader?: FileReader
  /** Cuts the texts of documents; without it, the thread that calls the engine does. */
  readonly cutter?: TextCutter
  /** Shown by `status`; empty where there is none. */
  readonly workingDir?: string
  /** Added to the `configuration` that `status` shows. */
  readonly configuration?: Readonly<Record<string, unknown>>
  /** Shown by `status`: what the workspace has used of each model. */
  readonly usage?: () => Readonly<Record<string, ModelUsage>>
  readonly background?: BackgroundJobs
  /** How long documents are to wait before the next is begun, in milliseconds; not at all without it. */
  readonly putOffMs?: () => Promise<number>
  /** Tells what ends of processes count against documents; without it none does. */
  readonly watch?: WorkWatch
  /** Told what happens to documents, such as for logs. */
  readonly onEvent?: (event: PipelineEvent) => void
  readonly onError?: (message: string, error: unknown) => void
}
