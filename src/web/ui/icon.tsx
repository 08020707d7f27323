/** Shapes on a field of 24 by 24, drawn as lines. */
const SHAPES = {
  documents: 'M7 3h7l5 5v13H7zM14 3v5h5M10 13h6M10 17h6',
  ask: 'M4 5h16v11H9l-5 4z',
  graph:
    'M6 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM18 11a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM9 20a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM8 6.6l8 2M7 8l1.6 8M16.6 10.6 10.6 17',
  tenants: 'M4 20V6l8-3 8 3v14M4 20h16M9 9h1M14 9h1M9 13h1M14 13h1M10 20v-3h4v3',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM20 20l-4-4',
  upload: 'M12 16V4M7 9l5-5 5 5M4 16v4h16v-4',
  download: 'M12 4v12M7 11l5 5 5-5M4 20h16',
  trash: 'M4 7h16M9 7V4h6v3M6 7l1 14h10l1-14M10 11v6M14 11v6',
  retry: 'M4 12a8 8 0 1 1 2.5 5.8M4 20v-5h5',
  close: 'M6 6l12 12M18 6 6 18',
  check: 'M5 12.5 10 17 19 7',
  alert: 'M12 4 2.5 20h19zM12 10v4M12 17.2v.1',
  info: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5M12 8v.1',
  settings:
    'M4 7h10M18 7h2M4 17h2M10 17h10M16 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM8 19.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z',
  chevron: 'M7 10l5 5 5-5',
  forward: 'M9 6l6 6-6 6',
  back: 'M15 6l-6 6 6 6',
  more: 'M5 12h.1M12 12h.1M19 12h.1',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  stop: 'M7 7h10v10H7z',
  send: 'M12 20V5M6 11l6-6 6 6',
  filter: 'M4 6h16M7 12h10M10 18h4',
  tag: 'M4 4h8l8 8-8 8-8-8zM8.5 8.5v.1',
  text: 'M5 6V4h14v2M12 4v16M9 20h6',
  plus: 'M12 5v14M5 12h14',
  book: 'M5 4h6a2 2 0 0 1 2 2v14a2 2 0 0 0-2-2H5zM19 4h-4a2 2 0 0 0-2 2v14a2 2 0 0 1 2-2h4z',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3 2',
  key: 'M8 18a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM11 11l8-8M15 7l3 3',
} as const
export type IconName = keyof typeof SHAPES

/** Of these the meaning turns with the direction of the writing. */
const TURNS: readonly IconName[] = ['forward', 'back', 'ask']

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg
      className={TURNS.includes(name) ? 'icon turns' : 'icon'}
      viewBox="0 0 24 24"
      aria-hidden="true"
    >
      <path d={SHAPES[name]} />
    </svg>
  )
}
