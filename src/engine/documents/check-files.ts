import type { DocumentRecord } from '../ports/document-record.ts'
import { EngineError } from '../ports/engine-error.ts'
import type { FileReader } from '../ports/file-reader.ts'
import type { Store } from '../ports/store.ts'
import { keptName } from '../text/kept-name.ts'
import { yieldAheadIfDue } from '../work/turns.ts'
import type { CheckedFiles, FileToCheck, FileVerdict } from './check-calls.ts'
import { checkedFileName } from './file-name.ts'

export interface CheckParts {
  readonly store: Pick<Store, 'documents'>
  readonly fileReader: Pick<FileReader, 'extensions' | 'recognizes'>
  /** 0 = no limit */
  readonly maxUploadBytes: number
}

type Checked = CheckedFiles['items'][number]

/** What would become of files that somebody is about to send, by what is here now. */
export async function checkFiles(
  parts: CheckParts,
  files: readonly FileToCheck[],
): Promise<CheckedFiles> {
  const items: Checked[] = []
  for (const file of files) {
    await yieldAheadIfDue()
    items.push(await checkFile(parts, file))
  }
  return { items }
}

async function checkFile(parts: CheckParts, file: FileToCheck): Promise<Checked> {
  const { fileReader, maxUploadBytes } = parts
  try {
    checkedFileName(file.name, fileReader)
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    const verdict = error.code === 'unsupported_file_type' ? 'unsupported' : 'invalid_name'
    return checked(file, verdict, null, error.message)
  }
  if (maxUploadBytes > 0 && file.size > maxUploadBytes) {
    const reason = `The file is larger than ${maxUploadBytes} bytes.`
    return checked(file, 'too_large', null, reason)
  }
  const hash = file.sha256?.toLowerCase() ?? null
  const known = await knownAs(parts, file)
  if (known !== null && hash !== null && known.origin.fileHash === hash) {
    return checked(file, 'same', known)
  }
  const same = hash === null ? null : await parts.store.documents.byFileHash(hash)
  if (same !== null && known === null) return checked(file, 'same', same)
  return checked(file, known === null ? 'new' : 'changed', known)
}

/** Its own id says more than its name. */
async function knownAs(
  { store: { documents } }: CheckParts,
  { name, external_id }: FileToCheck,
): Promise<DocumentRecord | null> {
  const id = keptName(external_id ?? '')
  const byId = id === '' ? null : await documents.byExternalId(id)
  return byId ?? documents.byPath(keptName(name))
}

function checked(
  { name }: FileToCheck,
  verdict: FileVerdict,
  known: DocumentRecord | null,
  reason: string | null = null,
): Checked {
  return { name, verdict, document_id: known?.id ?? null, reason }
}
