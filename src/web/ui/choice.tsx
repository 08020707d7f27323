import {
  Button,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Select,
  SelectValue,
} from 'react-aria-components'
import { Icon } from './icon.tsx'

export interface Option<Value extends string> {
  readonly value: Value
  readonly text: string
  readonly hint?: string
}

interface ChoiceProps<Value extends string> {
  readonly label: string
  /** Whether the label is seen, and not only heard. */
  readonly showLabel?: boolean
  readonly value: Value
  readonly options: readonly Option<Value>[]
  readonly onChange: (value: Value) => void
  readonly className?: string
}

/** One of a few things. */
export function Choice<Value extends string>(props: ChoiceProps<Value>) {
  const { label, showLabel = false, value, options, onChange, className = '' } = props
  return (
    <Select
      className={`field ${className}`}
      selectedKey={value}
      onSelectionChange={(key) => {
        const chosen = options.find((option) => option.value === key)
        if (chosen !== undefined) onChange(chosen.value)
      }}
      {...(showLabel ? {} : { 'aria-label': label })}
    >
      {showLabel && <Label>{label}</Label>}
      <Button className="button choice">
        <SelectValue className="truncate">{({ selectedText }) => selectedText}</SelectValue>
        <Icon name="chevron" />
      </Button>
      <Popover className="popover">
        <ListBox className="menu">
          {options.map((option) => (
            <ListBoxItem
              key={option.value}
              id={option.value}
              className="menu-item"
              textValue={option.text}
            >
              <span className="grow">{option.text}</span>
              <span className="check">
                <Icon name="check" />
              </span>
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </Select>
  )
}
