import { everywhere, postgres, type Rule } from '../rule.ts'

/** About what can be said at all. */
export const readingRules: readonly Rule[] = [
  {
    id: 'unread',
    severity: 'warning',
    about: 'fails',
    engines: everywhere,
    title: 'A statement that could not be looked at',
    ofNewTables: true,
    look: (operation) => {
      if (operation.do !== 'unread') return null
      return {
        message: `${operation.why}: whatever it does is not looked at`,
        safe: 'Look at it yourself, and say `-- bellows-ignore unread: <reason>` above it.',
      }
    },
  },
  {
    id: 'identifier-too-long',
    severity: 'warning',
    about: 'fails',
    engines: postgres,
    title: 'A name that the server cuts off',
    ofNewTables: true,
    look: (operation, { statement }) => {
      // Once for a statement.
      if (operation !== statement.operations[0]) return null
      const [long] = statement.tooLong
      if (long === undefined) return null
      return {
        message: `${long} has more than 63 bytes: the server cuts it off without an error, and two names may become one`,
        safe: 'A shorter name.',
      }
    },
  },
]
