"""Somebody goes through the course in order, and is told at each point what comes next."""

import json

import pytest
from clone import REPOSITORY, new_checkout

from noteboosh import answers, cli, fences
from noteboosh import course as course_module
from noteboosh.proof.variants import Sources


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return new_checkout(tmp_path_factory.mktemp("walk") / "a b")


def type_in(root, exercise, fill):
    path = root / exercise.file
    path.write_text(fences.render(path.read_text("utf-8"), {exercise.id: fill}, path.name), "utf-8")


def answer_all(root, module):
    """Some answer in every answer cell of the working notebook."""
    path = root / module.work
    path.parent.mkdir(parents=True, exist_ok=True)
    data = json.loads((root / module.clean).read_text("utf-8"))
    for cell in data["cells"]:
        source = "".join(cell["source"])
        if source.startswith("# Answer:"):
            cell["source"] = source.replace('r"""\n"""', 'r"""\n1\n"""')
    path.write_text(json.dumps(data), "utf-8")
    asked = answers.load_questions(root, module.id)
    given = answers.saved_answers(root, module)
    assert asked and all(given[id].strip() for id in asked)


def test_at_each_point_the_command_without_arguments_names_the_next_thing(
    root, monkeypatch, capsys
):
    monkeypatch.setattr(course_module, "checkout", lambda: root)
    monkeypatch.setattr(cli, "_set_up", lambda *words, **options: None)
    course = course_module.load(root)
    solutions = Sources(REPOSITORY).regions

    def told(*words):
        assert cli.main([*words]) == 0
        return capsys.readouterr().out

    modules = [module for module in course.modules if not module.draft]
    for module, after in zip(modules, [*modules[1:], None], strict=True):
        for exercise in module.exercises:
            text = told()
            assert f"Module {module.id} · {module.title}" in text
            assert f"`./noteboosh.sh {module.id}`" in text, "how to open it"
            assert f"`{exercise.id}`" in text, "the next exercise, in the order of the tests"
            line = fences.line_of(root / exercise.file, exercise.id)
            assert f"{exercise.file}:{line}" in text, "where to write it"
            assert f"`./noteboosh.sh test {module.id}`" in text, "what checks it"
            assert "Hint 1 of " in told("hint", exercise.id)
            type_in(root, exercise, solutions[exercise.id].fill())
        text = told()
        number = len(answers.load_questions(root, module.id))
        assert f"answer the questions ({number} of {number} are open)" in text
        assert after is None or f"`./noteboosh.sh {after.id}`, {after.title}" in text
        answer_all(root, module)
    assert "Everything is written and answered" in told()


def test_the_exercises_stand_in_the_header_of_their_tests_in_the_order_of_the_course():
    course = course_module.load(REPOSITORY)
    for module in (module for module in course.modules if not module.draft):
        header = (REPOSITORY / module.tests).read_text("utf-8").split('"""')[1]
        places = [header.find(exercise.id) for exercise in module.exercises]
        assert -1 not in places, f"{module.tests} does not name all of its exercises"
        assert places == sorted(places), f"{module.tests} lists them in another order"
