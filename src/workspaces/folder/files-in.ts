import { join } from 'node:path'
import type { EngineFiles } from '../../engine/ports/files.ts'
import { InputFolder } from './input-folder.ts'
import { ScanFolder } from './scan-folder.ts'
import { UploadFolder } from './upload-folder.ts'
import { uploadsIn } from './workspace-folders.ts'

/** Scans that are remembered. */
const MOST_SCANS = 50

/** The files of one workspace, as folders below one that people put files into. */
export function filesIn(inputDir: string): EngineFiles {
  return {
    uploads: new UploadFolder(uploadsIn(inputDir)),
    inputs: new InputFolder(inputDir),
    scans: new ScanFolder(join(inputDir, '__scans__'), MOST_SCANS),
    inputDir,
  }
}
