"""Whole sounds at the studio: processed by a pipeline, by one stage alone, or measured."""

from __future__ import annotations

from collections.abc import Callable

from behave import given, then, when

from earshot.asking import Request
from earshot.studio import desk
from earshot.studio.desk import Errand
from earshot.studio.engineer import Engineer
from earshot.studio.pipelines import Pipeline
from earshot.studio.sound_files import SoundFile
from features.vocabulary import studio_signal  # noqa: F401  whose words these sentences are made of
from features.vocabulary.studio import World

Judgement = Callable[[Engineer], object]
Question = tuple[Request, Judgement]


@given("{person:Name} has had {sound:SoundFile} processed by {pipeline:Pipeline}")
@when("{person:Name} has {sound:SoundFile} processed by {pipeline:Pipeline}")
def step_has_processed(context: World, person: str, sound: SoundFile, pipeline: Pipeline) -> None:
    desk.process(context.studio.engineer(person), sound, pipeline)


@when("{person:Name} has {sound:SoundFile} processed by {pipeline:Pipeline} into bare samples")
def step_has_processed_bare(context: World, person: str, sound: SoundFile, pipeline: Pipeline) -> None:
    desk.process(context.studio.engineer(person), sound, pipeline, "base64")


@given("{person:Name} has had {sound:SoundFile} processed by {stage:StageAlone} alone")
@when("{person:Name} has {sound:SoundFile} processed by {stage:StageAlone} alone")
def step_has_processed_alone(context: World, person: str, sound: SoundFile, stage: Errand) -> None:
    desk.run_errand(context.studio.engineer(person), stage, sound)


@when("{person:Name} has {sound:SoundFile} processed by {stage:StageAlone} alone, as asked {way:FormWay}")
def step_has_processed_by_form(context: World, person: str, sound: SoundFile, stage: Errand, way: str) -> None:
    desk.run_errand(context.studio.engineer(person), stage, sound, way)


@when("{person:Name} has {sound:SoundFile} processed by {stage:StageAlone} alone, if it is granted")
def step_has_processed_if_granted(context: World, person: str, sound: SoundFile, stage: Errand) -> None:
    desk.run_if_granted(context.studio.engineer(person), stage, sound)


@given("{person:Name} has had the {measurement:Measurement} of {sound:SoundFile} measured")
@when("{person:Name} has the {measurement:Measurement} of {sound:SoundFile} measured")
def step_has_measured(context: World, person: str, measurement: Errand, sound: SoundFile) -> None:
    desk.run_errand(context.studio.engineer(person), measurement, sound)


@then("the sound that {person:Name} gets {is_so:FileBack}")
def step_file_back(context: World, person: str, is_so: Judgement) -> None:
    is_so(context.studio.engineer(person))


@then("what {person:Name} is told of the sound {is_so:FileNews}")
def step_told_of_sound(context: World, person: str, is_so: Judgement) -> None:
    is_so(context.studio.engineer(person))


@when("{person:Name} asks {question:CatalogueQuestion}")
def step_asks_question(context: World, person: str, question: Question) -> None:
    context.studio.engineer(person).asks(question[0])


@then("{person:Name} learns {question:CatalogueQuestion}")
def step_learns(context: World, person: str, question: Question) -> None:
    question[1](context.studio.engineer(person))
