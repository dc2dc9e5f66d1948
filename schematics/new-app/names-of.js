/** What an app is called in each of the places that know it. */
export function namesOf(name) {
  const words = name.split('-');
  const capitalized = words.map((word) => word[0].toUpperCase() + word.slice(1));
  return {
    name,
    className: capitalized.join(''),
    camelName: words[0] + capitalized.slice(1).join(''),
    title: [capitalized[0], ...words.slice(1)].join(' '),
    inQueue: `${name}-in`,
    outQueue: `${name}-out`,
    variable: words.join('_').toUpperCase(),
  };
}
