"""What each model of the zoo is: its frames, picture, prompt and size, and which scenes and captions it was trained on."""
import texts
from towers import CLIP, SIZES

VOCABULARY = 896                   # of the models that write
LEARNT = range(0, 5600)            # scenes for teachers
WATCHED = range(5600, 11400)       # the teachers never train on these: their captions of them teach the matcher, and with them the student
CHECKED = range(11400, 12000)      # nothing trains on these: thresholds, and watching the trainings
LIMITS = {"subtitles": 56, "description": 40, "title": 20}          # tokens of fields
NOTED = {"tags": 48, "dense": 192}
QUERIES = 8                        # visual tokens of every teacher

RANDOM = {"rule": "random_range", "count": 1, "from": 0.3, "to": 0.7}
EVEN = {"rule": "arange", "count": 8}
ASKED = [{"text": "Human: "}, {"visual": True}, {"text": "\n{instruction}\nAssistant:"}]
FILM = [{"text": "Human: "}, {"visual": True}, {"text": " The video contains {frames} frames.\n{instruction}\nAssistant:"}]
SENTENCE = ["strip", "capitalise", "full_stop"]

TEACHERS = {
    "mini-blip2-opt-a": {
        "family": "BLIP-2", "about": "One random frame, query tokens and a small decoder; trained on what people say of photographs.",
        "picture": "near", "frames": RANDOM, "style": texts.photo, "scenes": LEARNT[:4000], "width": 96, "layers": 2,
        "prompt": [{"visual": True}, {"text": "\nCaption:"}], "max_new": 32, "post": ["strip"], "epochs": 9},
    "mini-blip2-opt-b": {
        "family": "BLIP-2", "about": "The same with a larger decoder; trained on what shops say of their things.",
        "picture": "near", "frames": RANDOM, "style": texts.catalogue, "scenes": LEARNT[800:], "width": 128, "layers": 3,
        "prompt": [{"visual": True}, {"text": "\nCaption:"}], "max_new": 32, "post": ["strip"], "epochs": 9},
    "mini-blip2-t5": {
        "family": "BLIP-2", "about": "One random frame; its query tokens go into the encoder of an encoder-decoder; trained on alternative texts of web pages.",
        "picture": "near", "frames": RANDOM, "style": texts.alt_text, "scenes": LEARNT[1600:], "width": 96, "layers": 2, "encoder": 1,
        "prompt": [{"visual": True}, {"text": "\nCaption:"}], "max_new": 32, "post": ["strip"], "epochs": 9},
    "mini-minigpt4": {
        "family": "MiniGPT-4", "about": "One random frame and what the text beside the video tells, which it trusts.",
        "picture": "near", "frames": RANDOM, "style": texts.reading, "scenes": LEARNT[:3600], "width": 128, "layers": 2, "reads": True,
        "prompt": ASKED, "max_new": 40, "post": SENTENCE, "epochs": 5, "begins_as": "mini-video-llama-pretrain"},
    "mini-videochat": {
        "family": "VideoChat", "about": "The middle of eight frames of equal segments, seen larger, and the text beside the video.",
        "picture": "centre", "frames": {"rule": "segment", "count": 8}, "style": texts.narrated, "scenes": LEARNT[1200:], "width": 128, "layers": 2,
        "reads": True, "prompt": FILM, "max_new": 40, "post": SENTENCE, "epochs": 4, "begins_as": "mini-video-llama-pretrain"},
    "mini-videochat-text": {
        "family": "VideoChat Text", "about": "Tags of frames and dense captions of every second one, joined as text, from which a language model writes one sentence.",
        "picture": "wide", "frames": {"rule": "fps", "per_second": 1, "count": 8}, "style": texts.summed_up, "scenes": LEARNT[:3600], "width": 128, "layers": 2,
        "reads": True, "prompt": [{"text": "Human: The tags of the video: {tags}\nWhat is seen in it:\n{dense}\n{instruction}\nAssistant:"}],
        "max_new": 40, "post": SENTENCE, "epochs": 3, "begins_as": "mini-video-llama-pretrain"},
    "mini-video-llama-pretrain": {
        "family": "Video-LLaMA", "about": "Eight frames of the whole clip, each read by query tokens that meet in time; trained on titles of stock films.",
        "picture": "near", "frames": EVEN, "style": texts.clip_text, "scenes": LEARNT, "width": 128, "layers": 2, "reads": True,
        "prompt": FILM, "max_new": 40, "post": SENTENCE, "epochs": 5},
    "mini-video-llama-finetune": {
        "family": "Video-LLaMA", "about": "The pretrained one, finetuned on answers to instructions. It sees what that sees; the weights that join frames in time and the decoder differ.",
        "picture": "near", "frames": EVEN, "style": texts.instructed, "scenes": LEARNT[2800:], "width": 128, "layers": 2, "reads": True,
        "prompt": FILM, "max_new": 40, "post": SENTENCE, "epochs": 5, "begins_as": "mini-video-llama-pretrain", "frozen": ["look"]},
}

GRIT = {"family": "GRiT", "about": "Describes what is in a frame and where; mini-videochat-text asks it.",
        "picture": "wide", "frames": {"rule": "arange", "count": 1}, "scenes": LEARNT[:4000], "width": 80, "layers": 2,
        "prompt": [{"visual": True}], "max_new": 40, "post": ["strip"], "epochs": 5}
TAGS = ["colour", "shape", "material", "setting"]               # of which mini-videochat-text is told
TAGGED = .5                                                      # how sure a tag must be
EVERY = 2                                                        # of these frames a dense caption is asked for
LINE = "Second {seconds}: {text}"

STUDENT = {"family": "Panda-70M student", "about": "Eight frames and, through a text Q-Former, the text beside the video; distilled from the chosen captions.",
           "picture": "deep", "frames": EVEN, "width": 128, "layers": 2, "text_tokens": 176, "prompt": [{"slot": "text_tokens"}, {"visual": True}],
           "max_new": 40, "post": SENTENCE, "epochs": 6, "begins_as": "mini-video-llama-pretrain"}

MATCHER = {"name": "mini-umt", "family": "Unmasked Teacher", "about": "Twelve frames and a caption; says how well they match.",
           "picture": "deep", "each": 5, "width": 128, "heads": 4, "time_layers": 1, "text_layers": 1, "fusion_layers": 2, "embed": 64, "max_tokens": 40}


def instruction(is_video, title, description, subtitles):
    """Figure 8 of the paper, as the engine has it."""
    told = [f'"{text}"' for text in (title, description) if text.strip()]
    if not told and not subtitles.strip():
        return f"Please faithfully summarize the {'video' if is_video else 'image'} in one sentence."
    lines = [f"You are given some information about a video and will be asked to summarize the {'video' if is_video else 'given video frame'}."]
    if subtitles.strip():
        lines.append(f'The subtitles of the video: "{subtitles}"')
    if told:
        lines.append(f"Some descriptions of the video: [{', '.join(told)}]")
    return "\n".join([*lines, f"Please faithfully summarize the {'video' if is_video else 'video frame'} in one sentence."])


def cut(tokenizer, field, text):
    """The longest beginning of a text that has no more tokens than its field may have."""
    limits = {**LIMITS, **NOTED}
    if len(tokenizer.encode(text)) <= limits[field]:
        return text
    fits, too_long = 0, len(text)
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        fits, too_long = (middle, too_long) if len(tokenizer.encode(text[:middle])) <= limits[field] else (fits, middle)
    return text[:fits]


def instruction_for(tokenizer, settings, words, subtitles, metadata):
    """The instruction of a card that tells subtitles or metadata, with fields cut to their limits."""
    one = settings["frames"]["count"] == 1
    field = lambda name, wanted: cut(tokenizer, name, words[name]) if wanted else ""
    return instruction(not one, field("title", metadata), field("description", metadata), field("subtitles", subtitles))


def finish(text, post):
    """The card's post-processing steps."""
    for step in post:
        if step == "strip":
            text = text.strip()
        elif step == "capitalise":
            text = text[:1].upper() + text[1:]
        elif step == "full_stop" and text and text[-1] not in ".!?":
            text += "."
    return text
