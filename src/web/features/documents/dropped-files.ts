import type { UploadOrder } from '../../work/upload-queue.ts'

/** Of a folder; whoever drops more means something else. */
const MOST_FILES = 2000

/** Files that were dropped, those in folders with their paths. */
export async function droppedFiles(data: DataTransfer): Promise<UploadOrder[]> {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry?.() ?? undefined)
  const found: UploadOrder[] = []
  if (!entries.some((entry) => entry?.isDirectory === true)) {
    return [...data.files].slice(0, MOST_FILES).map((file) => ({ file, name: file.name }))
  }
  for (const entry of entries) if (entry !== undefined) await walk(entry, '', found)
  return found
}

async function walk(entry: FileSystemEntry, folder: string, found: UploadOrder[]): Promise<void> {
  if (found.length >= MOST_FILES) return
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject))
    // A slash is no part of a name.
    found.push({ file, name: folder + file.name })
    return
  }
  if (!isFolder(entry)) return
  const reader = entry.createReader()
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject)
    })
    if (some.length === 0) return
    for (const one of some) await walk(one, `${folder}${entry.name} - `, found)
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory
}
