// Working days as the page lists them: the country's days off, and the weekend days that are worked.
const ONE_DAY = 86_400_000;

const at = (day) => Date.parse(`${day}T00:00:00Z`);
const dayOf = (moment) => new Date(moment).toISOString().slice(0, 10);

export const PROMISED = 10;
export const monthOf = (day) => day.slice(0, 7);
export const dayAfter = (day, count) => dayOf(at(day) + count * ONE_DAY);

export function monthsBefore(month, count) {
  const [year, number] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number - 1 - count, 1)).toISOString().slice(0, 7);
}

// `off` and `worked` are lists of days; Saturday and Sunday are off unless they are worked.
export function workdays(off, worked) {
  const isOff = new Set(off);
  const isWorked = new Set(worked);
  const works = (day) => {
    const weekday = new Date(at(day)).getUTCDay();
    return isWorked.has(day) || (weekday !== 0 && weekday !== 6 && !isOff.has(day));
  };
  return {
    // How many working days lie after `first`, up to and with `last`.
    since(first, last) {
      let count = 0;
      for (let day = dayAfter(first, 1); day <= last; day = dayAfter(day, 1)) count += works(day) ? 1 : 0;
      return count;
    },
  };
}
