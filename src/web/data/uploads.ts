import type { HttpClient, Place } from '../api/http-client.ts'

/** What became of a text or a file that was sent. */
export interface Inserted {
  readonly status: 'success' | 'duplicated' | 'partial_success' | 'failure'
  readonly message: string
  readonly track_id: string
}

/**
 * Sends one file. It goes on when another tenant is looked at meanwhile.
 *
 * @param replaces whether it takes the place of the document that has its name
 */
export function uploadFile(
  http: HttpClient,
  place: Place,
  file: File,
  replaces: boolean,
  signal: AbortSignal,
): Promise<Inserted> {
  const form = new FormData()
  form.append('file', file)
  return http.json<Inserted>('documents/upload', {
    method: 'POST',
    query: { on_conflict: replaces ? 'replace' : 'keep' },
    form,
    place,
    signal,
    outlivesTenant: true,
  })
}
