// Accounts: signing in, the set-up, and what belongs to oneself.

export const account = {
  passwordHint: 'At least 12 characters. A few words are easier to remember and harder to guess.',
  signIn: {
    title: 'Sign in',
    email: 'Address (email)',
    password: 'Password',
    submit: 'Sign in',
    wrong: 'Address or password is wrong',
    wrongHint: 'Check both and try again.',
    again: 'Sign in again',
    againHint: 'Your session is over. What you see and what you typed stays here.',
  },
  setUp: {
    title: 'Set up Headway',
    text: 'Create the first account. It owns this installation: it may do everything, and invites the others.',
    code: 'Code',
    codeHint: 'The server printed a link with it when it started. A new start prints a new one.',
    name: 'Your name',
    nameHint: 'As others will see it.',
    submit: 'Create the account',
  },
  menu: {
    of: (name: string) => `Account of ${name}`,
    appearance: 'Appearance',
    signOut: 'Sign out',
  },
  noRole: {
    title: 'You are signed in, and hold no role yet',
    text: 'A role says which teams you see and what you may do there. Ask whoever leads your team, or an administrator of Headway, to give you one. This page fills by itself as soon as you have it.',
  },
};
