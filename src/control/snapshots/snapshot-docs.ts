import { documented, KB_ID, pageWith, WHEN } from '../wire/documented.ts'

const SNAPSHOT = {
  snapshot_id: 'snp_abcdefghij2345abcdef',
  kb_id: KB_ID,
  route: '/documents',
  ...WHEN,
  expires_at: '2026-06-30T09:00:00.000Z',
  uses: 0,
  max_uses: null,
  is_active: true,
}

const tag = 'Snapshots'

export const SNAPSHOT_DOCS = documented({
  'POST /snapshots': {
    tag,
    summary: 'Keeps a view under an opaque token',
    description: 'The token is in this answer only. Reading it needs the same tenant.',
    body: { example: { route: '/documents', state: { status: 'failed', page: 2 } } },
    reply: { example: { ...SNAPSHOT, token: 'trs_Zq1xW8a…' } },
  },
  'GET /snapshots': {
    tag,
    summary: 'Lists the snapshots of the caller',
    reply: { example: pageWith(SNAPSHOT) },
  },
  'GET /snapshots/:token': {
    tag,
    summary: 'Shows the view of a token',
    reply: {
      example: {
        route: '/documents',
        state: { status: 'failed', page: 2 },
        kb: { kb_id: KB_ID, slug: 'manuals', name: 'Manuals' },
      },
    },
  },
  'DELETE /snapshots/:snapshot_id': { tag, summary: 'Ends a snapshot' },
})
