import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { HttpClient } from '../api/http-client.ts'
import type { WorkPlace } from './work-place.ts'

/** An entity as a list shows it. */
export interface EntityRow {
  readonly name: string
  readonly type: string
  /** Number of relations. */
  readonly degree: number
  /** How its description begins; empty where only names were asked for. */
  readonly snippet: string
}

export interface EntityDetails {
  readonly name: string
  readonly type: string
  readonly description: string
  readonly degree: number
  readonly sources: readonly {
    readonly document_id: string
    readonly file_path: string
    readonly chunk_id: string
    readonly start: number
    readonly end: number
    readonly page: number | null
  }[]
  readonly sources_total: number
  readonly edited_fields: readonly string[]
}

export interface Neighbour {
  readonly entity: { readonly name: string; readonly type: string; readonly degree: number }
  readonly relation: {
    readonly source: string
    readonly target: string
    readonly keywords: string
    readonly description: string
    readonly weight: number
  }
}

interface NeighbourPage {
  readonly total: number
  readonly items: readonly Neighbour[]
  readonly next_cursor: string | null
}

interface Overview {
  readonly names: readonly string[]
  readonly types: { readonly dict: readonly string[]; readonly idx: readonly number[] }
  readonly degree: readonly number[]
}

export interface GraphStats {
  readonly entities: number
  readonly relations: number
  readonly types: readonly { readonly type: string; readonly n: number }[]
  readonly orphans: number
}

const MOST_TIED = 200
const MOST_FOUND = 100
const NEIGHBOURS_A_PAGE = 25

const graphKey = ({ account, tenantId, kb }: WorkPlace, ...more: readonly unknown[]) =>
  [account, tenantId, kb, 'graph', ...more] as const

/** Entities whose names fit, or those with most relations. */
export const entitiesOptions = (http: HttpClient, place: WorkPlace, search: string) =>
  queryOptions({
    queryKey: graphKey(place, 'entities', search),
    queryFn: async ({ signal }): Promise<readonly EntityRow[]> => {
      if (search !== '') {
        return http.json<EntityRow[]>('graph/label/search', {
          query: { q: search, limit: MOST_FOUND, detail: true },
          place,
          signal,
        })
      }
      const { names, types, degree } = await http.json<Overview>('graph/overview', {
        query: { limit: MOST_TIED },
        place,
        signal,
      })
      return names.map((name, i) => ({
        name,
        type: types.dict[types.idx[i] ?? -1] ?? '',
        degree: degree[i] ?? 0,
        snippet: '',
      }))
    },
  })

export const statsOptions = (http: HttpClient, place: WorkPlace) =>
  queryOptions({
    queryKey: graphKey(place, 'stats'),
    queryFn: ({ signal }) => http.json<GraphStats>('graph/stats', { place, signal }),
  })

export const entityOptions = (http: HttpClient, place: WorkPlace, name: string) =>
  queryOptions({
    queryKey: graphKey(place, 'entity', name),
    queryFn: ({ signal }) =>
      http.json<EntityDetails>('graph/entity', { query: { name }, place, signal }),
  })

/** What an entity is tied to, heaviest relations first, by portions. */
export const neighboursOptions = (http: HttpClient, place: WorkPlace, name: string) =>
  infiniteQueryOptions({
    queryKey: graphKey(place, 'neighbours', name),
    queryFn: ({ signal, pageParam }) =>
      http.json<NeighbourPage>('graph/neighbors', {
        query: { name, limit: NEIGHBOURS_A_PAGE, cursor: pageParam },
        place,
        signal,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor: next }) => next ?? undefined,
  })
