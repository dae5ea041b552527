// The words of keeping what two have looked at. They come with what is fetched for it. Whatever the verdict was, they
// are the same, and nothing here says that it is better to have kept it.

export const rhythms = {
  heading: "Keeping it, for you both",
  why: "If you both ask, it is sealed for the two of you alone, and each has a copy. Until then nobody is told that one has asked, and it need not be said aloud.",
  keep: "Ask for it to be kept",
  asked: "You have asked. If the other does too, it is kept here. There is nothing to wait for.",
  kept: "You both asked, so it is kept for you both. You find it among the keepsakes of your space.",
  gone: "It isn't kept this time. That can have many causes, and this page doesn't know which.",
  noKey: "You two have no shared key yet, so it can't be sealed for both of you. It comes when you meet at a door of this space, and both say that the four words are the same.",
  again: "Try again to keep it",
  list: "Two rhythms that you both kept",
  listWhy: "One at a time, as each was. None is set beside another.",
  close: "Close it",
  letGo: "Let my copy go",
  letGoWhy: "A copy of the other's is theirs, stays, and opens for you both. Nobody is told.",
  theirs: "This is the other's copy, which opens for you both.",
  unread: "Something here needs a newer version of this page. It is left as it is.",
} as const;
