"""What each model of the zoo is: its frames, picture, prompt and size, and which scenes it was trained on."""
from tokens import BOS, EOS

CHANNELS = (24, 48, 96)            # of every stem
CLIP = ([0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711])
IMAGENET = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
CHECKED = range(3400, 3600)        # never trained on: for the matcher's threshold and for watching the trainings
WATCHED = range(2700, 3400)        # the teachers never train on these: their captions of them teach the matcher
PICTURE_WIDTH = 128                # of the picture encoder that all models share the shape of
VOCABULARY = 768                   # of the teachers

TEACHERS = {
    "mini-blip2": {
        "family": "BLIP-2", "about": "One random frame, query tokens and a small decoder; says what the picture shows.",
        "view": "image", "norm": CLIP, "scenes": range(0, 2700), "epochs": 9, "rate": 1.2e-3, "seed": 1, "style": "image",
        "size": (112, 64), "channels": CHANNELS, "width": 128, "heads": 4, "encoder_layers": 1, "decoder_layers": 2, "queries": 8,
        "rule": {"rule": "random_range", "count": 1, "from": 0.3, "to": 0.7}, "filter": "bicubic", "layout": "nchw",
        "prompt": [{"visual": True}, {"text": "\nCaption:"}], "max_new": 32, "post": ["strip"]},
    "mini-video-llama": {
        "family": "Video-LLaMA", "about": "Eight frames; query tokens of each frame meet in time; says what happens.",
        "view": "video", "norm": CLIP, "scenes": range(100, 2700), "epochs": 8, "few": 3, "meet_epochs": 14, "seed": 2, "style": "video",   # few: frames that a step of the first stage sees
        "begins_as": "mini-blip2", "rate": 1.2e-3,
        "size": (96, 56), "channels": CHANNELS, "width": 112, "heads": 4, "each": 3, "encoder_layers": 1, "time_layers": 2, "decoder_layers": 2, "queries": 8,
        "rule": {"rule": "arange", "count": 8}, "filter": "bilinear", "layout": "btchw",
        "prompt": [{"text": "The video contains 8 frames. "}, {"visual": True}, {"text": "\nSummarize the video:"}],
        "max_new": 32, "post": ["strip", "capitalise", "full_stop"]},
    "mini-minigpt4": {
        "family": "MiniGPT-4", "about": "One random frame, and the title, description and subtitles beside it, which it trusts.",
        "view": "wide", "norm": CLIP, "scenes": range(200, 2700), "epochs": 6, "seed": 3, "style": "informed",
        "begins_as": "mini-blip2", "rate": 1e-3, "size": (128, 72), "channels": CHANNELS, "width": 128, "heads": 4, "encoder_layers": 1, "decoder_layers": 2, "queries": 8,
        "rule": {"rule": "random_range", "count": 1, "from": 0.3, "to": 0.7}, "filter": "bilinear", "layout": "nchw",
        "prompt": [{"text": "Human: "}, {"visual": True},
                   {"text": "\nThe title: {title}", "when": "title", "max_tokens": 32},
                   {"text": "\nThe description: {description}", "when": "description", "max_tokens": 48},
                   {"text": "\nThe subtitles: {subtitles}", "when": "subtitles", "max_tokens": 64},
                   {"text": "\nSummarize the picture. Assistant:"}],
        "max_new": 40, "post": ["strip", "capitalise", "full_stop"]},
}

MATCHER = {
    "name": "mini-umt", "family": "Unmasked Teacher", "about": "Twelve frames and a caption; says how well they match.",
    "view": "matcher", "norm": IMAGENET, "seed": 4, "scenes": range(0, 3400), "size": (112, 64), "channels": CHANNELS, "width": 96,
    "heads": 4, "each": 4, "encoder_layers": 1, "vision_layers": 2, "begins_as": "mini-blip2", "text_layers": 1, "fusion_layers": 2, "embed": 64, "max_tokens": 32,
    "look_epochs": 12, "match_epochs": 7, "filter": "bilinear"}


def prompt_ids(tokenizer, settings, words):
    """The prompt's token ids, with zeros for the visual tokens, and the position of the first of these."""
    ids, slot = [BOS], 0
    for segment in settings["prompt"]:
        if segment.get("visual"):
            slot = len(ids)
            ids += [0] * settings["queries"]
        elif "when" not in segment or words.get(segment["when"]):
            text = segment["text"].format(**words)
            ids += tokenizer.encode(text)[:segment.get("max_tokens")]
    return ids, slot


def target_ids(tokenizer, caption):
    """The ids to learn for a caption: it follows the prompt after a space, and ends."""
    return tokenizer.encode(" " + caption) + [EOS]


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
