import {
  FieldError,
  Input,
  Label,
  Text,
  TextField,
  type TextFieldProps,
} from 'react-aria-components'

interface TextInputProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly hint?: string | undefined
  /** What is wrong with the value. */
  readonly problem?: string | undefined
  readonly type?: 'text' | 'password' | 'number' | 'email'
  readonly name?: string
  readonly autoComplete?: string
  readonly maxLength?: number
  readonly isRequired?: boolean
  readonly autoFocus?: boolean
  readonly onKeyUp?: TextFieldProps['onKeyUp']
}

/** A line to type in, with its label above and what is wrong below. */
export function TextInput(props: TextInputProps) {
  const { label, hint, problem, type = 'text', maxLength = 1000, isRequired = false } = props
  return (
    <TextField
      className="field"
      value={props.value}
      onChange={props.onChange}
      type={type}
      maxLength={maxLength}
      isRequired={isRequired}
      isInvalid={problem !== undefined}
      validationBehavior="aria"
      {...(props.name === undefined ? {} : { name: props.name })}
      {...(props.autoComplete === undefined ? {} : { autoComplete: props.autoComplete })}
      {...(props.autoFocus === undefined ? {} : { autoFocus: props.autoFocus })}
      {...(props.onKeyUp === undefined ? {} : { onKeyUp: props.onKeyUp })}
    >
      <Label>{label}</Label>
      <Input className="input" autoCapitalize="none" spellCheck={false} />
      {hint !== undefined && (
        <Text slot="description" className="small soft">
          {hint}
        </Text>
      )}
      <FieldError className="field-error">{problem}</FieldError>
    </TextField>
  )
}
