import type { FileReader } from '../ports/file-reader.ts'
import type { EngineFiles } from '../ports/files.ts'
import type { Models } from '../ports/models.ts'
import type { EngineSettings } from '../ports/settings.ts'
import type { Store } from '../ports/store.ts'
import type { TextCutter } from '../ports/text-cutter.ts'
import type { BackgroundJobs } from './pipeline.ts'
import type { PipelineEvent } from './pipeline-event.ts'
import type { PublishParts } from './publish-document.ts'
import type { WorkWatch } from './work-watch.ts'

/** What the work on documents is done with. */
export interface DocumentWorkParts extends Pick<PublishParts, 'graphBounds' | 'room'> {
  readonly store: Store
  readonly models: Models
  readonly settings: EngineSettings
  readonly files: EngineFiles
  readonly fileReader: FileReader
  readonly cutter: TextCutter
  readonly background: BackgroundJobs
  readonly putOffMs: () => Promise<number>
  readonly watch: WorkWatch
  readonly onEvent: (event: PipelineEvent) => void
  readonly onError: (message: string, error: unknown) => void
}
