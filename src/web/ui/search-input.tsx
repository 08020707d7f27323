import { Icon } from './icon.tsx'

interface SearchInputProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly id?: string
  readonly onEnter?: () => void
}

const LONGEST = 200

/** A line to search by, its label shown as long as nothing is typed. */
export function SearchInput({ label, value, onChange, id, onEnter }: SearchInputProps) {
  return (
    <div className="search-field grow">
      <Icon name="search" />
      <input
        id={id}
        className="input"
        type="search"
        aria-label={label}
        placeholder={label}
        value={value}
        maxLength={LONGEST}
        autoComplete="off"
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !event.nativeEvent.isComposing) onEnter?.()
        }}
      />
    </div>
  )
}
