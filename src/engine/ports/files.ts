import type { ScanStatus } from '../documents/document-calls.ts'
import type { Room } from './room.ts'

/** A file whose bytes are durable, under a name of our own. */
export interface KeptFile {
  readonly name: string
  readonly bytes: number
  /** SHA-256 of the bytes, in hex. */
  readonly contentHash: string
}

export interface PutOptions {
  /** That of the sender's name, with its dot: the one thing of it that is kept. */
  readonly extension: string
  /** 0 = no limit */
  readonly maxBytes: number
  /** Asked while the bytes come. */
  readonly room?: Room | undefined
}

/** A kept file where a reader of formats can read it. */
export interface OpenFile {
  readonly path: string
  /** The path holds until then. */
  close(): Promise<void>
}

/** The bytes of one workspace's uploads. Names are those that {@link Files.put} gave. */
export interface Files {
  /**
   * Takes the bytes of a file. Resolved means durable. Nothing is left behind when the stream fails,
   * ends early or grows past the limit.
   *
   * @throws {EngineError} `file_too_large`, `storage_full`, `invalid_argument` for an empty file
   */
  put(content: AsyncIterable<Uint8Array>, options: PutOptions): Promise<KeptFile>

  /** Rejects when there is no such file. */
  open(name: string): Promise<OpenFile>

  /** In bytes; null when there is no such file. */
  size(name: string): Promise<number | null>

  /**
   * The bytes from one to another, both included, in pieces. The file is open until they end, fail or
   * are left.
   *
   * @throws {EngineError} `store_unavailable` when no file can be opened; rejects when it is gone
   */
  read(name: string, first: number, last: number): AsyncIterable<Uint8Array>

  /** Does nothing when there is no such file. */
  remove(name: string): Promise<void>

  /** @returns with the times when they were written, in milliseconds since 1970 */
  list(): Promise<{ readonly name: string; readonly writtenAt: number }[]>

  /** Removes what a crash left of files that were never acknowledged. Nothing may be put meanwhile. */
  removeUnfinished(): Promise<void>
}

/** What a file looks like from outside. */
export interface InputLook {
  readonly bytes: number
  /** Milliseconds since 1970. */
  readonly writtenAt: number
}

/** Where a file of the input folder lies. */
export interface InputPlace {
  /** Within the input folder, with slashes; empty for the input folder itself. */
  readonly folder: string
  /** Of one that stays there; null for one that is moved away. */
  readonly look: InputLook | null
}

/** The files that people put where a scan finds them, in folders within one another too. */
export interface InputFiles {
  /**
   * Names in the order in which people read them, with their folders and slashes; links and what is
   * hidden are none of ours.
   *
   * @param extensions those that can be read, with their dots, in lower case
   * @returns also how many others there are
   * @throws {EngineError} `invalid_argument` when it is no place to look for files
   */
  list(extensions: readonly string[]): Promise<{ names: string[]; others: number }>

  /** Null for what is no file any more. */
  look(name: string): Promise<InputLook | null>

  /**
   * @throws {EngineError} `invalid_argument` when it cannot be opened, or is no plain file;
   *   `store_unavailable` when no file can be opened
   */
  read(name: string, signal: AbortSignal): AsyncIterable<Uint8Array>

  /** Moves a file out of the way, under its own name or one with a number. */
  putAway(name: string): Promise<void>

  /**
   * Deletes the file of this name, and what was put away under it or under it with a number.
   *
   * @param belongsToOther keeps a numbered name that is another file's own
   */
  remove(name: string, belongsToOther: (name: string) => Promise<boolean>): Promise<void>
}

/** What became of the last scans: it outlives the engine. */
export interface ScanRecords {
  save(status: ScanStatus): Promise<void>

  /** The scan as it was last saved, or null. One that was running then has been abandoned. */
  find(trackId: string): Promise<ScanStatus | null>
}

/** All that the engine of a workspace has of files. */
export interface EngineFiles {
  readonly uploads: Files
  readonly inputs: InputFiles
  readonly scans: ScanRecords
  /** Where people put the inputs, as `status` shows it. */
  readonly inputDir: string
}
