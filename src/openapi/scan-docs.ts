import type { OperationDocs } from './operation-doc.ts'

const TRACK = 'scan_20260115_093000_1f0c2a7e'
const none = { items: [], truncated: false, dropped: 0 }

export const SCAN_DOCS = {
  'POST /documents/scan': {
    tag: 'Documents',
    summary: 'Takes in the files of the input folder',
    description: 'Goes on in the background, and tries failed documents again.',
    reply: {
      example: {
        status: 'scanning_started',
        message: 'The input folder is read in the background.',
        track_id: TRACK,
      },
    },
  },
  'GET /documents/scan/status/:track_id': {
    tag: 'Documents',
    summary: 'Tells what a scan did so far',
    reply: {
      example: {
        track_id: TRACK,
        status: 'completed',
        counts: { processed: 1, warning: 0, error: 0 },
        counts_dropped: 0,
        samples: {
          processed: { ...none, items: ['pump-warranty.md'] },
          warning: none,
          error: none,
        },
        created_at: 1768469400.5,
        updated_at: 1768469402.25,
        version: 4,
        message: '1 file(s) taken in, 0 left alone, 0 failed.',
      },
    },
    errors: { 404: 'No scan of this track id is known' },
  },
  'GET /documents/supported_file_types': {
    tag: 'Documents',
    summary: 'Lists the types of files that can be read',
    reply: {
      example: { supported_extensions: ['.md', '.txt'], engines: { native: ['md', 'txt'] } },
    },
  },
  'GET /documents/source_conflicts': {
    tag: 'Documents',
    summary: 'Lists documents that share a file name',
    description: 'File names are unique here, so the list is always empty.',
    reply: { example: { conflicts: [], next_cursor: null } },
  },
  'POST /documents/source_conflicts/repair': {
    tag: 'Documents',
    summary: 'Chooses among documents that share a file name',
    description: 'File names are unique here, so there is nothing to repair.',
    body: { example: { canonical_source_key: 'pump-warranty.md', primary_doc_id: 'doc-1' } },
    reply: {
      example: {
        canonical_source_key: 'pump-warranty.md',
        primary_doc_id: 'doc-1',
        candidate_count: 2,
        fingerprint: '5f2d8a90',
        demoted_sample_doc_ids: ['doc-2'],
        committed: false,
      },
    },
    errors: { 409: 'No two documents share this name' },
  },
  'POST /documents/recovery/force_reset': {
    tag: 'Documents',
    summary: 'Gives up a recovery that hangs',
    description: 'A workspace recovers by itself, so there is never one to give up.',
    body: { example: { confirm: true } },
    reply: {
      example: {
        status: 'no_recovery_required',
        message: 'The workspace is in order; nothing was reset.',
        cancelled_manual_retries: 0,
      },
    },
  },
} satisfies OperationDocs
