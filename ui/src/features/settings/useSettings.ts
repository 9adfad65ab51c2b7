import { useMutation, useQuery } from "@tanstack/react-query";

import { api, type Problem, type Setting, type Settings, type SettingValue } from "@/backend";
import { failureOf } from "@/shared/failure";
import { keys, queryClient } from "@/shared/queries";

export function useSettings() {
  return useQuery({ queryKey: keys.settings, queryFn: api.settings });
}

/** The value of one setting; none while it is not known, or where the server has no such setting. */
export function useSetting(key: string): SettingValue | undefined {
  return useSettings().data?.settings.find((setting) => setting.key === key)?.value;
}

function showAtOnce(changes: Record<string, SettingValue | null>): void {
  const changed = (setting: Setting): Setting => {
    const value = changes[setting.key];
    if (value === undefined) return setting;
    return { ...setting, value: value ?? setting.default };
  };
  queryClient.setQueryData<Settings>(
    keys.settings,
    (known) => known && { ...known, settings: known.settings.map(changed) },
  );
}

/** Changes a setting at once; `null` takes its default again. A refused value goes back to what it was. */
export function useChangeSetting() {
  return useMutation({
    mutationFn: api.changeSettings,
    onMutate: (changes) => {
      const before = queryClient.getQueryData<Settings>(keys.settings);
      showAtOnce(changes);
      return { before };
    },
    onError: (_error, _changes, context) => queryClient.setQueryData(keys.settings, context?.before),
    // What hangs on it is read again when every window is told.
    onSuccess: (settings) => queryClient.setQueryData(keys.settings, settings),
  });
}

export interface Suggestions {
  values: string[];
  /** What they are called, where that is not what they are. */
  names: Record<string, string>;
  /** Why they could not be had. */
  problem: Problem | null;
}

/** Values that are known to make sense for a text setting, from what is there on this machine. */
export function useSuggestions(key: string): Suggestions {
  const devices = useQuery({
    queryKey: keys.devices,
    queryFn: api.devices,
    enabled: key === "audio.input" || key === "audio.output",
  });
  const chat = useQuery({ queryKey: keys.chatModels, queryFn: api.chatModels, enabled: key === "llm.model" });
  const models = useQuery({ queryKey: keys.models, queryFn: api.models, enabled: key in STAGES });
  const words = useQuery({ queryKey: keys.wakeWords, queryFn: api.wakeWords, enabled: key === "wake.model" });
  const suggested = (values: string[], names = {}) => ({ values, names, problem: null });
  if (key === "audio.input")
    return suggested(["default", ...(devices.data?.inputs ?? []).map((one) => one.name)]);
  if (key === "audio.output")
    return suggested(["default", ...(devices.data?.outputs ?? []).map((one) => one.name)]);
  if (key === "llm.model") {
    const problem = chat.error ? failureOf(chat.error) : null;
    // Where none is listed, only the person knows the name.
    const listed = problem ? [] : chat.data;
    return { values: listed?.length === 0 ? [] : ["auto", ...(listed ?? [])], names: {}, problem };
  }
  if (key === "wake.model") {
    const known = words.data ?? [];
    const names = Object.fromEntries(known.map(({ id, phrase }) => [id, `${phrase} (${id})`]));
    return suggested(
      known.map(({ id }) => id),
      names,
    );
  }
  const stage = STAGES[key];
  if (!stage) return suggested([]);
  // A model that holds several voices is chosen by one of them.
  const ofStage = (models.data ?? [])
    .filter((one) => one.stage === stage)
    .flatMap((one) =>
      one.voices?.length
        ? one.voices.map(({ id, name, language }) => ({ id, name: `${name}, ${language} (${one.name})` }))
        : [one],
    );
  const ids = ofStage.map((one) => one.id);
  const names = Object.fromEntries(ofStage.map(({ id, name }) => [id, name]));
  return suggested(["auto", ...ids], names);
}

/** Settings that name a model of the catalogue, with its stage. */
const STAGES: Record<string, string> = {
  "stt.model": "stt",
  "tts.voice": "tts",
};
